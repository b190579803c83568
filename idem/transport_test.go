package idem

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// overTLS runs f against a real server with TLS and HTTP/2.
func overTLS(t *testing.T, change func(*tls.Config), f func(url string, trusting *http.Transport, protos *atomic.Value)) {
	t.Helper()
	var proto atomic.Value
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proto.Store(r.Proto)
		answer(w, 200, `{}`)
	}))
	s.EnableHTTP2 = true
	s.TLS = &tls.Config{}
	change(s.TLS)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are the point
	s.StartTLS()
	defer s.Close()
	f(s.URL, s.Client().Transport.(*http.Transport), &proto)
}

func over(t *testing.T, url string, rt http.RoundTripper) Result {
	t.Helper()
	e, err := New(Config{Profile: testProfile(), BaseURL: url, Transport: rt})
	require.NoError(t, err)
	defer e.CloseIdleConnections()
	c := post(Keyed)
	c.Policy.MaxAttempts = 3
	return e.Do(context.Background(), c)
}

func TestR25_TheSDKsOwnTransportSpeaksHTTP1(t *testing.T) {
	overTLS(t, func(*tls.Config) {}, func(url string, trusting *http.Transport, proto *atomic.Value) {
		r := over(t, url, trusting)
		require.NoError(t, r.Err)
		assert.Equal(t, "HTTP/1.1", proto.Load(), "a clone of a transport that speaks HTTP/2")
		resp, err := trusting.RoundTrip(httptest.NewRequest(http.MethodGet, url, nil))
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, "HTTP/2.0", proto.Load(), "which is left as it was")
		trusting.CloseIdleConnections()
	})
}

func TestTLS_ACertificateThatIsNotAcceptedIsFinal(t *testing.T) {
	overTLS(t, func(*tls.Config) {}, func(url string, _ *http.Transport, proto *atomic.Value) {
		r := over(t, url, nil)
		assert.Equal(t, OutcomeNotSent, r.Outcome)
		assert.Len(t, r.Attempts, 1)
		assert.Equal(t, "certificate not trusted", r.Attempts[0].Reason)
		assert.Nil(t, proto.Load())
	})
}

func TestTLS_Version12AtLeast(t *testing.T) {
	old := func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }
	overTLS(t, old, func(url string, trusting *http.Transport, proto *atomic.Value) {
		trusting.TLSClientConfig.MinVersion = tls.VersionTLS10
		r := over(t, url, trusting)
		assert.Equal(t, OutcomeNotSent, r.Outcome, "a caller's lower minimum is raised")
		assert.Len(t, r.Attempts, 1)
		assert.Nil(t, proto.Load())
	})
}

func TestR25_ConnectionsAreKeptIdleForHalfAMinute(t *testing.T) {
	for _, theirs := range []time.Duration{0, time.Hour} {
		inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
			require.NoError(t, w.do(post(Keyed)).Err)
			time.Sleep(29 * time.Second)
			assert.Len(t, w.listener.Conns(), 1)
			time.Sleep(2 * time.Second)
			assert.Empty(t, w.listener.Conns())
		}, func(c *Config) { c.Transport.(*http.Transport).IdleConnTimeout = theirs })
	}
}

func TestR17_AFreshConnectionIsFreshEachTime(t *testing.T) {
	ok := says(200, `{}`)
	inWorld(t, script(ok, lose, ok, ok, lose, ok), func(t *testing.T, w *world) {
		for round := range 2 {
			require.NoError(t, w.do(post(Keyed)).Err)
			r := w.do(post(Keyed))
			require.NoError(t, r.Err)
			require.Len(t, r.Attempts, 2)
			assert.True(t, r.Attempts[0].ReusedConn, "round %d", round)
			assert.False(t, r.Attempts[1].ReusedConn, "round %d", round)
		}
	})
}

// writeCounter counts the writes on its connections.
type writeCounter struct {
	net.Conn
	writes *atomic.Int64
}

func (c writeCounter) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(p)
}

// A body that refuses to be read too late costs a write of its own. The first
// send under a key that no other call knows cannot be too late.
func TestR8_OnlyWhatMayBeLateIsWrittenTwice(t *testing.T) {
	given, err := UnsentKey("given")
	require.NoError(t, err)
	minted := NewKey()
	rows := map[string]struct {
		call         Call
		first, again int64
	}{
		"a key of the engine's": {call: post(Keyed), first: 1, again: 2},
		"a key for this call":   {call: Call{Request: post(Keyed).Request, Key: minted, SingleUseKey: true}, first: 1, again: 2},
		"a given key":           {call: Call{Request: post(Keyed).Request, Key: given}, first: 2, again: 2},
		"no window":             {call: post(Idempotent), first: 1, again: 1},
		"a lease":               {call: withRef(Idempotent), first: 2, again: 2},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			var writes atomic.Int64
			var each []int64
			says := script(says(503, "{}"), says(200, "{}"))
			note := func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				each = append(each, writes.Swap(0))
				says(w, r)
			}
			inWorld(t, note, func(t *testing.T, w *world) {
				require.NoError(t, w.do(row.call).Err)
				assert.Equal(t, []int64{row.first, row.again}, each)
			}, func(c *Config) {
				dial := c.Transport.(*http.Transport).DialContext
				if row.call.Ref != "" {
					c.Journal = journal.NewMemory()
				}
				c.Transport = foreign{&http.Transport{
					DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
						conn, err := dial(ctx, network, addr)
						return writeCounter{conn, &writes}, err
					},
				}}
			})
		})
	}
}

// sulky is a transport with words of its own for a context's end.
type sulky struct{}

func (sulky) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, errors.New("no more")
}

func TestR17_AForeignTransportsTimeoutIsATimeout(t *testing.T) {
	inWorld(t, lose, func(t *testing.T, w *world) {
		c := post(Keyed)
		c.Policy.MaxAttempts = 1
		r := w.do(c)
		require.Len(t, r.Attempts, 1)
		assert.Equal(t, "attempt timed out", r.Attempts[0].Reason)

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r = w.engine.Do(ctx, c)
		require.Len(t, r.Attempts, 1)
		assert.Equal(t, "network error", r.Attempts[0].Reason, "it was the caller who left")
		assert.ErrorIs(t, r.Err, context.DeadlineExceeded)
	}, func(c *Config) { c.Transport = sulky{} })
}

func TestR16_ADefiniteAnswerGivesARetryBack(t *testing.T) {
	inWorld(t, script(says(200, `{}`), says(503, errorObject), says(200, `{}`)), func(t *testing.T, w *world) {
		w.engine.budget.spent.Store(budgetCapacity)
		require.NoError(t, w.do(post(Keyed)).Err)
		assert.NoError(t, w.do(read()).Err, "the retry that was given back")
	})
}
