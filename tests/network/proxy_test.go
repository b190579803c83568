package network

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httputil"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox"
)

const (
	up   = "upstream"   // what the client sends
	down = "downstream" // what the server answers
)

type seen int

const (
	seenAll     seen = iota // it is slow, and nothing is lost
	seenNothing             // ambiguous
	seenStatus              // a success status, and no body
	seenNotSent             // no connection
)

// networkFault is a fault of the network between client and server.
type networkFault struct {
	toxic      string // "" takes the proxy off its port
	attributes string // as JSON
	streams    []string
	seen       seen
	silent     bool
	// server is a fault of the server, so that there is something to delay.
	server sandbox.Fault
}

// timeout is short where the test must wait for it, and otherwise longer than a
// busy machine takes.
func (s networkFault) timeout() time.Duration {
	if s.silent {
		return attemptTimeout
	}
	return closeTimeout
}

func networkFaults() map[string]networkFault {
	const attempt = 2 * int64(attemptTimeout/time.Millisecond)
	late := fmt.Sprintf(`{"latency":%d}`, attempt)
	return map[string]networkFault{
		"latency of requests":              {toxic: "latency", attributes: `{"latency":50,"jitter":25}`, streams: []string{up}},
		"latency of answers":               {toxic: "latency", attributes: `{"latency":50,"jitter":25}`, streams: []string{down}},
		"latency both ways":                {toxic: "latency", attributes: `{"latency":50,"jitter":25}`, streams: []string{up, down}},
		"requests later than the attempt":  {toxic: "latency", attributes: late, streams: []string{up}, seen: seenNothing, silent: true},
		"answers later than the attempt":   {toxic: "latency", attributes: late, streams: []string{down}, seen: seenNothing, silent: true},
		"narrow for requests":              {toxic: "bandwidth", attributes: `{"rate":4}`, streams: []string{up}},
		"narrow for answers":               {toxic: "bandwidth", attributes: `{"rate":4}`, streams: []string{down}},
		"narrow both ways":                 {toxic: "bandwidth", attributes: `{"rate":4}`, streams: []string{up, down}},
		"too narrow for answers":           {toxic: "bandwidth", attributes: `{"rate":0}`, streams: []string{down}, seen: seenNothing, silent: true},
		"reset by requests":                {toxic: "reset_peer", attributes: `{"timeout":0}`, streams: []string{up}, seen: seenNothing},
		"reset by answers":                 {toxic: "reset_peer", attributes: `{"timeout":0}`, streams: []string{down}, seen: seenNothing},
		"reset late by answers":            {toxic: "reset_peer", attributes: `{"timeout":100}`, streams: []string{down}, seen: seenNothing},
		"slow close of requests":           {toxic: "slow_close", attributes: `{"delay":100}`, streams: []string{up}},
		"slow close of answers":            {toxic: "slow_close", attributes: `{"delay":100}`, streams: []string{down}},
		"slow close of a lost answer":      {toxic: "slow_close", attributes: `{"delay":100}`, streams: []string{up, down}, seen: seenNothing, server: sandbox.LoseResponse},
		"requests cut in the head":         {toxic: "limit_data", attributes: `{"bytes":20}`, streams: []string{up}, seen: seenNothing},
		"nothing of requests":              {toxic: "limit_data", attributes: `{"bytes":0}`, streams: []string{up}, seen: seenNothing},
		"answers cut in the status":        {toxic: "limit_data", attributes: `{"bytes":10}`, streams: []string{down}, seen: seenNothing},
		"answers cut in the body":          {toxic: "limit_data", attributes: inTheBody, streams: []string{down}, seen: seenStatus},
		"half open, requests":              {toxic: "timeout", attributes: `{"timeout":0}`, streams: []string{up}, seen: seenNothing, silent: true},
		"half open, answers":               {toxic: "timeout", attributes: `{"timeout":0}`, streams: []string{down}, seen: seenNothing, silent: true},
		"half open, both":                  {toxic: "timeout", attributes: `{"timeout":0}`, streams: []string{up, down}, seen: seenNothing, silent: true},
		"half open, then closed, requests": {toxic: "timeout", attributes: `{"timeout":100}`, streams: []string{up}, seen: seenNothing},
		"half open, then closed, answers":  {toxic: "timeout", attributes: `{"timeout":100}`, streams: []string{down}, seen: seenNothing},
		"no proxy":                         {seen: seenNotSent},
	}
}

// inTheBody is replaced by a limit once the response's size is known.
const inTheBody = "in the body"

// attemptTimeout ends attempts without a response.
const attemptTimeout = time.Second

type wire struct {
	*front
	proxy  *toxiproxy.Proxy
	dials  dials
	client *bardge.Client
	// heal ends the fault when the call's first attempt is over.
	heal func()
}

func newWire(t *testing.T, timeout time.Duration) *wire {
	t.Helper()
	w := &wire{front: newFront(t), heal: func() {}}
	upstream := strings.TrimPrefix(w.http.URL, "http://")
	api := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	w.proxy = toxiproxy.NewProxy(api, "wire", "127.0.0.1:0", upstream)
	require.NoError(t, w.proxy.Start())
	t.Cleanup(w.proxy.Stop)
	w.client = newClient(t, w.server, "http://"+w.proxy.Listen+sandbox.BasePath,
		bardge.WithHTTPClient(&http.Client{Transport: w.dials.transport()}),
		bardge.WithRetryPolicy(bardge.RetryPolicy{
			AttemptTimeout: timeout, BaseDelay: 5 * time.Millisecond, MaxDelay: 50 * time.Millisecond,
		}),
		bardge.WithObserver(func(e bardge.Event) {
			if e.Kind == bardge.EventAttemptEnded {
				w.heal()
			}
		}))
	return w
}

func (w *wire) inject(t *testing.T, a act, s networkFault) {
	t.Helper()
	if s.server != "" {
		w.server.Next(a.id, s.server)
	}
	if s.toxic == "" {
		w.proxy.Stop()
		w.heal = func() {
			w.heal = func() {}
			assert.NoError(t, w.proxy.Start()) // Listen is the port that it had
		}
		return
	}
	attributes := s.attributes
	if attributes == inTheBody {
		attributes = fmt.Sprintf(`{"bytes":%d}`, bodyBegins(t, a)+10)
	}
	for _, stream := range s.streams {
		_, err := w.proxy.Toxics.AddToxicJson(strings.NewReader(
			fmt.Sprintf(`{"type":%q,"stream":%q,"attributes":%s}`, s.toxic, stream, attributes)))
		require.NoError(t, err)
	}
	w.heal = func() {
		w.heal = func() {}
		w.proxy.Toxics.ResetToxics(context.Background())
	}
}

// TestProxy_OneAttemptFails networkFaults the first attempt of each class, on a
// new connection and on one that served before.
func TestProxy_OneAttemptFails(t *testing.T) {
	t.Parallel()
	for fault, s := range networkFaults() {
		for class, a := range acts() {
			for _, pooled := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, %s, pooled %t", fault, class, pooled), func(t *testing.T) {
					t.Parallel()
					w := newWire(t, s.timeout())
					id := w.prepare(t, a, pooled)
					w.inject(t, a, s)
					resp, err := a.do(t.Context(), w.client, w.server.Seed, id)
					w.quiet(t)
					judge(t, a, w.server, resp, err)
					if s.seen == seenNotSent && pooled {
						// Whether the pool has noticed is a race. Judge accepts
						// both.
						require.True(t, err == nil || a.class() == gen.RetryClassKeyUnverified, "%v", err)
						return
					}
					expected(t, a, s.seen, resp, err)
				})
			}
		}
	}
}

func (w *wire) prepare(t *testing.T, a act, pooled bool) (id string) {
	t.Helper()
	if a.before != nil {
		var err error
		id, err = a.before(t.Context(), w.client, w.server.Seed)
		require.NoError(t, err)
	}
	if !pooled {
		gone(t, &w.dials.open, "the client", w.client.CloseIdleConnections)
		return id
	}
	_, _, err := w.client.Passes.List(t.Context(), bardge.ListPassesParams{})
	require.NoError(t, err)
	require.Positive(t, w.dials.open.Load())
	return id
}

func expected(t *testing.T, a act, seen seen, resp *bardge.Response, err error) {
	t.Helper()
	switch {
	case seen == seenAll:
		require.NoError(t, err)
		assert.Len(t, resp.Attempts, 1)
	case seen == seenNotSent:
		require.NoError(t, err, "nothing was sent, so all may be repeated")
		assert.Equal(t, bardge.VerdictNothingSent, resp.Attempts[0].Verdict)
	case a.class() == gen.RetryClassSafe:
		require.NoError(t, err) // net/http may have repeated it by itself
	case a.class() == gen.RetryClassIdempotent && seen == seenStatus:
		require.NoError(t, err)
		assert.True(t, resp.Recovered, "read back")
	case a.class() != gen.RetryClassKeyUnverified:
		require.NoError(t, err)
		assert.GreaterOrEqual(t, len(resp.Attempts), 2)
	case seen == seenStatus:
		require.ErrorIs(t, err, bardge.ErrResponseLost)
		assert.Equal(t, bardge.OutcomeDone, bardge.OutcomeOf(err))
		assert.Len(t, resp.Attempts, 1)
	default:
		assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err))
		assert.Len(t, resp.Attempts, 1, "no key protects a repetition")
	}
}

// quiet waits until nothing is under way and every connection is closed, on
// both sides of the proxy.
func (w *wire) quiet(t *testing.T) {
	t.Helper()
	gone(t, &w.dials.open, "the client", w.client.CloseIdleConnections)
	gone(t, &w.open, "the server", w.client.CloseIdleConnections)
	w.server.Close() // waits for what is still being executed
}

// bodyBegins measures a response's head on another server.
func bodyBegins(t *testing.T, a act) int {
	t.Helper()
	f := newFront(t)
	var size int
	client := newClient(t, f.server, f.http.URL+sandbox.BasePath,
		bardge.WithHTTPClient(&http.Client{Transport: measuring{&size}}))
	var id string
	if a.before != nil {
		var err error
		id, err = a.before(t.Context(), client, f.server.Seed)
		require.NoError(t, err)
	}
	_, err := a.do(t.Context(), client, f.server.Seed, id)
	require.NoError(t, err)
	return size
}

type measuring struct{ size *int }

func (m measuring) RoundTrip(r *http.Request) (*http.Response, error) {
	transport := &http.Transport{DisableKeepAlives: true, DisableCompression: true}
	resp, err := transport.RoundTrip(r)
	if err == nil {
		var head []byte
		head, err = httputil.DumpResponse(resp, false)
		*m.size = len(head)
	}
	return resp, err
}
