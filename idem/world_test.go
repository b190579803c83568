package idem

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go/internal/memnet"
)

// The vendor of these tests: error objects are {"error":{"code":...}}.
func testProfile() Profile {
	return Profile{
		Vendor:          "world",
		KeyHeader:       "Idempotency-Key",
		KeyTTL:          90 * time.Second,
		ReplayHeader:    "X-Replayed",
		ReplayValue:     "true",
		RequestIDHeader: "Request-Id",
		Classify:        testClassify,
	}
}

func testClassify(_ int, _ http.Header, body []byte) Signal {
	if string(body) == "<error>some_code</error>" {
		return SignalError
	}
	var b struct {
		Error *struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &b) != nil || b.Error == nil {
		return SignalNone
	}
	switch b.Error.Code {
	case "key_reused":
		return SignalKeyReused
	case "in_progress":
		return SignalInProgress
	case "already":
		return SignalAlreadyApplied
	case "cannot_tell":
		return SignalRetryable
	case "failed":
		return SignalIndeterminate
	default:
		return SignalError
	}
}

const errorObject = `{"error":{"code":"some_code"}}`

func testOperation(class Class) Operation {
	return Operation{Name: "op", Class: class, Success: []int{200, 201}}
}

func post(class Class) Call {
	return Call{Request: Request{Operation: testOperation(class), Method: http.MethodPost, Path: "/op", Body: []byte(`{"a":1}`)}}
}

func read() Call {
	return Call{Request: Request{Operation: testOperation(Safe), Method: http.MethodGet, Path: "/op"}}
}

func atMost(attempts int, c Call) Call {
	c.Policy.MaxAttempts = attempts
	return c
}

func ofKey(c Call, k Key) Call {
	c.Key = k
	return c
}

func ofRef(c Call, ref string) Call {
	c.Ref = ref
	return c
}

func freshKey(t *testing.T, s string) Key {
	t.Helper()
	k, err := UnsentKey(s)
	require.NoError(t, err)
	return k
}

func usedKey(t *testing.T, s string, firstSent time.Time) Key {
	t.Helper()
	k, err := SentKey(s, firstSent)
	require.NoError(t, err)
	return k
}

func assertInvalid(t *testing.T, field string, err error) {
	t.Helper()
	var invalid *InvalidError
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, field, invalid.Field)
}

// world is a server in memory and an engine that talks to it, inside a
// synctest bubble.
type world struct {
	t        *testing.T
	listener *memnet.Listener
	hits     atomic.Int64
	engine   *Engine

	mu     sync.Mutex
	events []Event
}

func inWorld(t *testing.T, handle http.HandlerFunc, f func(t *testing.T, w *world), change ...func(*Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, listener: memnet.Listen()}
		server := &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			w.hits.Add(1)
			handle(rw, r)
		})}
		done := make(chan struct{})
		go func() {
			_ = server.Serve(w.listener)
			close(done)
		}()
		w.engine = w.newEngine(change...)
		f(t, w)
		w.engine.CloseIdleConnections()
		_ = server.Close()
		<-done
	})
}

// worldTest is inWorld as a subtest.
func worldTest(handle http.HandlerFunc, f func(t *testing.T, w *world), change ...func(*Config)) func(*testing.T) {
	return func(t *testing.T) { inWorld(t, handle, f, change...) }
}

func (w *world) newEngine(change ...func(*Config)) *Engine {
	c := Config{
		Profile:   testProfile(),
		BaseURL:   "http://" + w.listener.Addr().String(),
		Transport: &http.Transport{DialContext: w.listener.DialContext},
		Observe:   w.observe,
	}
	for _, f := range change {
		f(&c)
	}
	e, err := New(c)
	require.NoError(w.t, err)
	w.t.Cleanup(e.CloseIdleConnections)
	return e
}

func (w *world) observe(e Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}

func (w *world) do(c Call) Result { return w.engine.Do(context.Background(), c) }

// dialing is the world's transport, with each connection as f leaves it.
func (w *world) dialing(f func(*memnet.Conn) net.Conn) *http.Transport {
	return &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := w.listener.DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return f(conn.(*memnet.Conn)), nil
	}}
}

func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Request-Id", "req_1")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

func script(steps ...http.HandlerFunc) http.HandlerFunc {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		i := min(int(n.Add(1)), len(steps)) - 1
		steps[i](w, r)
	}
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { answer(w, status, body) }
}

func lose(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// loses is a server whose responses are lost, after this.
func loses(before func()) http.HandlerFunc {
	return func(http.ResponseWriter, *http.Request) {
		before()
		panic(http.ErrAbortHandler)
	}
}

// takes is a server that needs some time for each request.
func takes(d time.Duration, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(d)
		h(w, r)
	}
}

func replays(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Replayed", "true")
		answer(w, status, body)
	}
}

// foreign hides that a transport is net/http's own.
type foreign struct{ http.RoundTripper }

func foreignTransport(l *memnet.Listener) http.RoundTripper {
	return foreign{&http.Transport{DialContext: l.DialContext}}
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
