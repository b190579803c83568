package idem

import (
	"bytes"
	"context"
	"errors"
	"log"
	"log/slog"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// A bug: what hooks panic with.
type bug struct{ secret string }

var errBug = &bug{secret: "s3cret"}

// lockedBuffer is written to by goroutines.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func TestR39_AnObserverThatPanicsChangesNothing(t *testing.T) {
	for name, row := range map[string]struct {
		class Class
		ref   string
	}{"keyed": {Keyed, ""}, "with a ref": {Keyed, "order-1"}, "idempotent": {Idempotent, ""}} {
		t.Run(name, func(t *testing.T) {
			var logged lockedBuffer
			inJournalledWorld(t, script(lose, says(200, `{"id":"x"}`)), func(t *testing.T, w *world, j *faultyJournal) {
				e := w.newEngine(func(c *Config) {
					c.Journal = j
					c.Observe = func(Event) { panic(errBug) }
					c.Logger = slog.New(slog.NewTextHandler(&logged, nil))
				})
				defer e.CloseIdleConnections()
				c := post(row.class)
				c.Ref = row.ref
				r := e.Do(t.Context(), c)
				require.NoError(t, r.Err)
				assert.Equal(t, OutcomeDone, r.Outcome)
				assert.Equal(t, row.class == Keyed, !r.Key.IsZero())
				assert.Len(t, r.Attempts, 2)
				for _, rec := range recorded(t, j) {
					assert.Equal(t, journal.OutcomeDone, rec.Outcome)
				}
			})
			assert.Equal(t, 1, strings.Count(logged.String(), "a panic was contained"), "reported once")
			assert.Contains(t, logged.String(), "level=ERROR")
			assert.Contains(t, logged.String(), "*idem.bug")
			assert.NotContains(t, logged.String(), "s3cret")
		})
	}
}

// panicking is a slog.Handler that panics.
type panicking struct{ slog.Handler }

func (panicking) Enabled(context.Context, slog.Level) bool  { return true }
func (panicking) Handle(context.Context, slog.Record) error { panic(errBug) }

func TestR39_ALoggerThatPanicsLeavesTheReportToAnother(t *testing.T) {
	var logged lockedBuffer
	defer log.SetOutput(log.Writer())
	log.SetOutput(&logged)
	for _, logger := range []*slog.Logger{nil, slog.New(panicking{slog.DiscardHandler})} {
		(&panics{logger: logger}).report("observer or logger", errBug)
	}
	assert.Equal(t, 2, strings.Count(logged.String(), "observer or logger, *idem.bug"))
}

// A trace's hooks run on goroutines of net/http, where a panic would end the
// process.
func TestR39_ATraceThatPanicsChangesNothing(t *testing.T) {
	var logged lockedBuffer
	var fired atomic.Int64
	fire := func() { fired.Add(1); panic(errBug) }
	trace := &httptrace.ClientTrace{
		GetConn:              func(string) { fire() },
		GotConn:              func(httptrace.GotConnInfo) { fire() },
		PutIdleConn:          func(error) { fire() },
		GotFirstResponseByte: fire,
		WroteHeaderField:     func(string, []string) { fire() },
		WroteHeaders:         fire,
		WroteRequest:         func(httptrace.WroteRequestInfo) { fire() },
	}
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		r := w.engine.Do(httptrace.WithClientTrace(t.Context(), trace), post(Keyed))
		require.NoError(t, r.Err)
		assert.Len(t, r.Attempts, 1)
		time.Sleep(time.Second)
	}, func(c *Config) { c.Logger = slog.New(slog.NewTextHandler(&logged, nil)) })
	assert.Greater(t, fired.Load(), int64(6))
	assert.Equal(t, 1, strings.Count(logged.String(), "hook of a trace"))
}

// Each hook of a trace is contained, and is called with what net/http says.
func TestR39_TheContainedTraceHasAllHooks(t *testing.T) {
	raw := &httptrace.ClientTrace{
		GetConn:  func(s string) { assert.Equal(t, "host", s); panic(errBug) },
		DNSStart: func(i httptrace.DNSStartInfo) { assert.Equal(t, "host", i.Host); panic(errBug) },
		ConnectDone: func(network, addr string, err error) {
			assert.Equal(t, "tcp addr EOF", network+" "+addr+" "+err.Error())
			panic(errBug)
		},
		ConnectStart:      func(network, addr string) { assert.Equal(t, "tcp addr", network+" "+addr); panic(errBug) },
		TLSHandshakeStart: func() { panic(errBug) },
	}
	p := &panics{logger: slog.New(slog.DiscardHandler)}
	type key struct{}
	parent := context.WithValue(httptrace.WithClientTrace(t.Context(), raw), key{}, "kept")
	ctx := p.containTrace(parent)
	assert.Equal(t, "kept", ctx.Value(key{}))
	c := httptrace.ContextClientTrace(ctx)
	assert.NotPanics(t, func() {
		c.GetConn("host")
		c.DNSStart(httptrace.DNSStartInfo{Host: "host"})
		c.ConnectDone("tcp", "addr", errors.New("EOF"))
		c.ConnectStart("tcp", "addr")
		c.TLSHandshakeStart()
	})
	assert.Nil(t, c.GotConn)
	assert.Equal(t, t.Context(), p.containTrace(t.Context()), "without a trace nothing is wrapped")
}
