package network

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox"
)

// closeTimeout is how long sockets may take to close on a busy machine.
const closeTimeout = 20 * time.Second

// act is one operation of each class, as users call it. before makes what it
// requires, and returns an id.
type act struct {
	id     sandbox.Operation
	before func(ctx context.Context, c *bardge.Client, s sandbox.Seed) (string, error)
	do     func(ctx context.Context, c *bardge.Client, s sandbox.Seed, id string, opts ...bardge.CallOption) (
		*bardge.Response, error)
}

func (a act) class() gen.RetryClass { return a.id.Operation().Class }

func acts() map[string]act {
	return map[string]act{
		"keyed": {id: sandbox.IssuePass, do: func(
			ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, opts ...bardge.CallOption,
		) (*bardge.Response, error) {
			params := bardge.IssuePassParams{ClientID: s.ClientID, PassID: s.PassID}
			_, resp, err := c.IssuedPasses.Issue(ctx, params, opts...)
			return resp, err
		}},
		"idempotent": {id: sandbox.CancelBooking, before: book, do: func(
			ctx context.Context, c *bardge.Client, _ sandbox.Seed, id string, opts ...bardge.CallOption,
		) (*bardge.Response, error) {
			_, resp, err := c.Bookings.Cancel(ctx, id, opts...)
			return resp, err
		}},
		"key unverified": {id: sandbox.InitiateLookup, do: func(
			ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, opts ...bardge.CallOption,
		) (*bardge.Response, error) {
			params := bardge.InitiateLookupParams{IssuerID: s.IssuerID, ClientID: s.OtherClientID}
			_, resp, err := c.Lookups.Initiate(ctx, params, opts...)
			return resp, err
		}},
		"read": {id: sandbox.GetIssuedPass, do: func(
			ctx context.Context, c *bardge.Client, s sandbox.Seed, _ string, opts ...bardge.CallOption,
		) (*bardge.Response, error) {
			_, resp, err := c.IssuedPasses.Get(ctx, s.IssuedPassID, opts...)
			return resp, err
		}},
	}
}

func book(ctx context.Context, c *bardge.Client, s sandbox.Seed) (string, error) {
	made, _, err := c.Bookings.BookClass(ctx, bardge.BookClassParams{
		ClassInstanceID: s.ClassInstanceID, ClientID: s.ClientID, UserPassID: s.IssuedPassID,
	})
	if err != nil {
		return "", err
	}
	return made.BookingID, nil
}

// judge compares a call's result with the server's ledger.
func judge(t *testing.T, a act, server *sandbox.Sandbox, resp *bardge.Response, err error) {
	t.Helper()
	executed := server.Executed(a.id)
	t.Logf("executed %d times\n%s\n%s", executed, resp.Timeline(), server.Ledger())
	if a.class() == gen.RetryClassSafe {
		return
	}
	assert.LessOrEqual(t, server.Requests(a.id), len(resp.Attempts), "one attempt is at most one send")
	assert.LessOrEqual(t, executed, 1, "a duplicate")
	switch bardge.OutcomeOf(err) {
	case bardge.OutcomeDone:
		assert.Equal(t, 1, executed, "said done")
	case bardge.OutcomeNotSent, bardge.OutcomeRejected:
		assert.Zero(t, executed, "said not executed")
	}
}

type front struct {
	server *sandbox.Sandbox
	http   *httptest.Server
	open   atomic.Int64
}

func newFront(t *testing.T) *front {
	t.Helper()
	f := &front{server: sandbox.Start(t)}
	f.http = httptest.NewUnstartedServer(f.server.Handler())
	f.http.Config.ConnState = func(_ net.Conn, is http.ConnState) {
		switch is {
		case http.StateNew:
			f.open.Add(1)
		case http.StateClosed, http.StateHijacked:
			f.open.Add(-1)
		case http.StateActive, http.StateIdle:
		}
	}
	f.http.Start()
	t.Cleanup(f.http.Close)
	return f
}

type dials struct{ open atomic.Int64 }

func (d *dials) transport() *http.Transport {
	return &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		d.open.Add(1)
		return &countedConn{TCPConn: c.(*net.TCPConn), open: &d.open}, nil
	}}
}

type countedConn struct {
	*net.TCPConn // SetLinger and all
	open         *atomic.Int64
	closed       atomic.Bool
}

func (c *countedConn) Close() error {
	if !c.closed.Swap(true) {
		c.open.Add(-1)
	}
	return c.TCPConn.Close()
}

// gone waits until no connection is open. A dial that outlives its attempt adds
// an idle one late, so closing them once may be too early.
func gone(t *testing.T, count *atomic.Int64, whose string, closeIdle func()) {
	t.Helper()
	require.Eventually(t, func() bool {
		closeIdle()
		return count.Load() == 0
	}, closeTimeout, 5*time.Millisecond, "connections of %s are left", whose)
}

// trusted is the authority in this process's system roots, so that the SDK's
// own transport can be tested.
var trusted = newAuthority()

func TestMain(m *testing.M) {
	if frozenProcess() {
		return
	}
	dir, err := os.MkdirTemp("", "authority")
	if err != nil {
		panic(err)
	}
	// Read once, when the first certificate is verified.
	for name, value := range map[string]string{"SSL_CERT_FILE": filepath.Join(dir, "root.pem"), "SSL_CERT_DIR": dir} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "root.pem"), trusted.pem(), 0o600); err != nil {
		panic(err)
	}
	zerolog.SetGlobalLevel(zerolog.Disabled) // the proxy's toxics have a logger of their own
	if err := startFiber(); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m,
		goleak.IgnoreCurrent(), // what startFiber started
		// The proxy's toxics that cut a link leave the previous ones behind,
		// with a chunk that is never read.
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"),
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).read"),
		goleak.Cleanup(func(code int) {
			_ = os.RemoveAll(dir)
			os.Exit(code)
		}),
	)
}
