package network

import (
	"context"
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"golang.org/x/net/http2"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox"
)

const (
	stormCalls   = 300 // of each class
	stormCallers = 8
	// maxBlows is how many faults a call meets by plan; broken connections add
	// more.
	maxBlows = 4
)

type foreign struct{ http.RoundTripper }

func storms() map[string]func() (http.RoundTripper, func()) {
	config := func() *tls.Config { return &tls.Config{RootCAs: trusted.pool(), MinVersion: tls.VersionTLS12} }
	return map[string]func() (http.RoundTripper, func()){
		"net/http": func() (http.RoundTripper, func()) {
			t := &http.Transport{TLSClientConfig: config(), ForceAttemptHTTP2: true}
			return foreign{t}, t.CloseIdleConnections
		},
		"x/net/http2": func() (http.RoundTripper, func()) {
			t := &http2.Transport{TLSClientConfig: config()} //nolint:staticcheck // deprecated, and still in use
			return t, t.CloseIdleConnections                 //nolint:staticcheck // as above
		},
	}
}

// plan gives each call one fault or more before its response, the same in every
// run.
func plan(call string, nth int) (frameFault, bool) {
	if strings.HasSuffix(call, " ") {
		return frameFault{}, false // scenery
	}
	seed := uint64(0)
	for _, c := range []byte(call) {
		seed = seed*31 + uint64(c)
	}
	dice := rand.New(rand.NewPCG(seed, 0))
	count := 1 + dice.IntN(maxBlows)
	if strings.HasPrefix(call, http.MethodGet) {
		count = 1 + count%2 // net/http sends reads again by itself, after waits that double
	}
	all := frameFaults()
	for range nth {
		dice.IntN(len(all))
	}
	return all[dice.IntN(len(all))], nth < count
}

func TestHTTP2_Storm(t *testing.T) {
	t.Parallel()
	for name, transport := range storms() {
		for class, a := range acts() {
			t.Run(name+", "+class, func(t *testing.T) {
				t.Parallel()
				rt, closeIdle := transport()
				newGale(t, rt, closeIdle).run(t, a)
			})
		}
	}
}

type gale struct {
	sandbox   *sandbox.Sandbox
	server    *stormServer
	client    *bardge.Client
	closeIdle func()
}

func newGale(t *testing.T, rt http.RoundTripper, closeIdle func()) *gale {
	t.Helper()
	sb := sandbox.Start(t)
	server := newStorm(t, sb.Handler(), plan)
	g := &gale{sandbox: sb, server: server, closeIdle: closeIdle}
	t.Cleanup(closeIdle)
	g.client = newClient(t, sb, "https://"+server.listener.Addr().String()+sandbox.BasePath,
		bardge.WithHTTPClient(&http.Client{Transport: rt}),
		bardge.WithRetryPolicy(bardge.RetryPolicy{
			AttemptTimeout: 2 * time.Second, BaseDelay: time.Millisecond, MaxDelay: 5 * time.Millisecond,
			DisableRetryBudget: true, // which would end a storm like this one sooner
		}))
	return g
}

type ended struct {
	call string
	resp *bardge.Response
	err  error
}

func (g *gale) run(t *testing.T, a act) {
	t.Helper()
	calls := make(chan int)
	results := make(chan ended)
	var callers sync.WaitGroup
	for range stormCallers {
		callers.Go(func() {
			for i := range calls {
				results <- g.call(t, a, i)
			}
		})
	}
	go func() {
		for i := range stormCalls {
			calls <- i
		}
		close(calls)
		callers.Wait()
		close(results)
	}()
	var all []ended
	for e := range results {
		all = append(all, e)
	}
	gone(t, &g.server.open, "the server", g.closeIdle)
	g.judge(t, a, all)
}

func (g *gale) call(t *testing.T, a act, i int) ended {
	t.Helper()
	e := ended{call: fmt.Sprintf("%s %d", a.id, i)}
	var id string
	if a.class() == gen.RetryClassIdempotent {
		var err error
		id, err = g.booking(t.Context(), i)
		assert.NoError(t, err)
	}
	opts := []bardge.CallOption{bardge.WithHeader(callHeader, e.call)}
	if a.class() == gen.RetryClassSafe {
		opts = append(opts, bardge.WithMaxAttempts(100)) // six may all meet broken connections
	}
	e.resp, e.err = a.do(t.Context(), g.client, g.sandbox.Seed, id, opts...)
	return e
}

// booking makes a booking to cancel, for a client of its own. It meets no
// planned fault, but may be hit by others'.
func (g *gale) booking(ctx context.Context, i int) (string, error) {
	client := fmt.Sprint("client_", i)
	pass, _, err := g.client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{ClientID: client, PassID: g.sandbox.Seed.PassID})
	if err != nil {
		return "", err
	}
	made, _, err := g.client.Bookings.BookClass(ctx, bardge.BookClassParams{
		ClassInstanceID: g.sandbox.Seed.ClassInstanceID, ClientID: client, UserPassID: pass.ID,
	})
	if err != nil {
		return "", err
	}
	return made.BookingID, nil
}

func (g *gale) judge(t *testing.T, a act, all []ended) {
	t.Helper()
	done, unknown, attempts, sends := 0, 0, 0, 0
	for _, e := range all {
		attempts += len(e.resp.Attempts)
		sent := g.server.sent(a.id.Operation().Method + " " + e.call)
		sends += sent
		if a.class() != gen.RetryClassSafe { // those may be sent again by net/http
			assert.LessOrEqual(t, sent, len(e.resp.Attempts), "%s: sends", e.call)
		}
		switch bardge.OutcomeOf(e.err) {
		case bardge.OutcomeDone:
			done++
		case bardge.OutcomeUnknown:
			unknown++
		default:
			assert.Fail(t, "every call met a fault that may have come after its execution", "%v", e.err)
		}
	}
	executed := g.sandbox.Executed(a.id)
	t.Logf("%d calls: %d done, %d unknown; %d executed, %d attempts, %d sends", len(all), done, unknown, executed, attempts, sends)
	switch a.class() {
	case gen.RetryClassSafe:
		assert.Equal(t, len(all), done)
	case gen.RetryClassKeyUnverified:
		assert.Equal(t, len(all), unknown, "no key protects a repetition")
		assert.LessOrEqual(t, sends, len(all))
		assert.Positive(t, executed, "which is why it is unknown")
	default:
		assert.Equal(t, len(all), done, "all of them get through")
		assert.Equal(t, len(all), executed, "and each once")
	}
}
