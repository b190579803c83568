package sendonce

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/internal/memnet"
)

func TestR18_ARequestIsSentOnce(t *testing.T) {
	for _, body := range []string{"", `{"a":1}`} {
		for _, own := range []bool{true, false} {
			t.Run(fmt.Sprintf("%q, tracked: %t", body, own), func(t *testing.T) {
				inWorld(t, script(says(200, `{}`), lose), func(t *testing.T, w *world) {
					s := sending{session: w.Session, body: body}
					if !own {
						rt := &http.Transport{DialContext: w.listener.DialContext}
						defer rt.CloseIdleConnections()
						s.session = NewSession(untracked{rt}, clock.Clock{}, maxBody)
					}
					require.NoError(t, s.send(t.Context(), w.url).Err)
					e := s.send(t.Context(), w.url)
					require.Error(t, e.Err)
					assert.True(t, e.Reused, "the case in question")
					assert.Equal(t, ProofNone, e.Proof)
					assert.Equal(t, "connection closed", e.Cause.Reason)
					assert.EqualValues(t, 2, w.hits.Load())
					assert.EqualValues(t, 2, s.gate.begun.Load(), "once for each")
				})
			})
		}
	}
}

func TestR18_AMutationWithoutABodyHasNone(t *testing.T) {
	note := func(w http.ResponseWriter, r *http.Request) {
		assert.Zero(t, r.ContentLength)
		assert.Empty(t, r.TransferEncoding, "not chunked")
		assert.Equal(t, []string{"0"}, r.Header.Values("Content-Length"))
		says(200, `{}`)(w, r)
	}
	inWorld(t, note, func(t *testing.T, w *world) {
		rt := untracked{&http.Transport{DialContext: w.listener.DialContext}}
		defer rt.CloseIdleConnections()
		for _, session := range []*Session{w.Session, NewSession(rt, clock.Clock{}, maxBody)} {
			s := sending{session: session}
			assert.NoError(t, s.send(t.Context(), w.url).Err)
		}
		assert.EqualValues(t, 2, w.hits.Load())
	})
}

func TestR19_AResponseIsReadWholeInsideTheAttempt(t *testing.T) {
	stall := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"id":`)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"id":`)
	}
	inWorld(t, script(stall, cut, says(200, strings.Repeat("a", maxBody+1)), says(200, "{}")), func(t *testing.T, w *world) {
		start := time.Now()
		e := w.post(t)
		assert.Equal(t, limit, time.Since(start))
		require.NoError(t, e.Err)
		assert.ErrorIs(t, e.BodyErr, ErrAttemptTimeout)
		e = w.post(t)
		assert.ErrorIs(t, e.BodyErr, io.ErrUnexpectedEOF)
		assert.Equal(t, `{"id":`, string(e.Body))
		e = w.post(t)
		assert.True(t, e.TooLarge)
		e = w.post(t)
		assert.Equal(t, "{}", string(e.Body))
		assert.NoError(t, e.BodyErr)
		assert.False(t, e.TooLarge)
	})
}

func TestR25_AGivenUpRequestTakesItsConnectionWithIt(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		s := sending{body: "{}", session: NewSession(&http.Transport{
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				conn, err := w.listener.DialContext(ctx, network, addr)
				if err == nil {
					conn.(*memnet.Conn).Hold() // the route is lost
				}
				return conn, err
			},
		}, clock.Clock{}, maxBody)}
		e := s.send(ctx, w.url)
		require.Error(t, e.Err)
		assert.True(t, e.Cancelled)
		assert.Equal(t, ProofNone, e.Proof)
		for _, c := range w.listener.Conns() {
			c.Release()
		}
		time.Sleep(time.Minute)
		assert.Zero(t, w.hits.Load(), "the route comes back, the request does not arrive")
	})
}

func TestR25_ARealSocketIsReset(t *testing.T) {
	seen := make(chan error, 1)
	address := listening(t, func(c net.Conn) {
		_, err := io.Copy(io.Discard, c)
		seen <- err
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	s := sending{session: NewSession(nil, clock.Clock{}, maxBody), body: "{}"}
	require.Error(t, s.send(ctx, "http://"+address).Err)
	assert.ErrorIs(t, <-seen, syscall.ECONNRESET)
}

type refusingConn struct{ net.Conn }

func (refusingConn) Write([]byte) (int, error) { return 0, errors.New("no") }

func TestR7_NotOneByte(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		e := over(t, w.url, &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := w.listener.DialContext(ctx, network, addr)
			return refusingConn{conn}, err
		}})
		assert.Equal(t, ProofNoByte, e.Proof)
		assert.True(t, e.Counted, "a byte could have left")
	})
}

type sink struct{ net.Conn }

func (sink) Write(b []byte) (int, error) { return len(b), nil }

func begun(t *testing.T, s *Sender) *Attempt {
	t.Helper()
	t.Cleanup(s.Close)
	a := new(Attempt)
	a.Begin(t.Context(), s, s.Session.clock.Now(), limit, false)
	return a
}

// R7: a transport may try several connections in one attempt; a byte on any of
// them counts.
func TestR7_BytesOnAnEarlierConnectionCount(t *testing.T) {
	a := begun(t, &Sender{Session: NewSession(nil, clock.Clock{}, 1), Gate: &counter{}})
	first, second := trackConn(sink{}, new(distrust)), trackConn(sink{}, new(distrust))
	a.getConn("")
	a.gotConn(httptrace.GotConnInfo{Conn: first})
	assert.Equal(t, ProofNoByte, a.proof(nil))
	_, err := first.Write([]byte("POST"))
	require.NoError(t, err)
	assert.Equal(t, ProofNone, a.proof(nil))
	a.gotConn(httptrace.GotConnInfo{Conn: second})
	assert.Equal(t, ProofNone, a.proof(nil))
}

type restless struct{}

func (restless) RoundTrip(r *http.Request) (*http.Response, error) {
	trace := httptrace.ContextClientTrace(r.Context())
	trace.GetConn("")
	time.AfterFunc(time.Second, func() { trace.GotConn(httptrace.GotConnInfo{}) })
	return nil, errors.New("gave up")
}

// R7: a byte may leave after Send has returned, and the gate learns of it.
func TestR7_AConnectionAfterTheReturnIsLate(t *testing.T) {
	inWorld(t, lose, func(t *testing.T, w *world) {
		s := sending{session: NewSession(restless{}, clock.Clock{}, maxBody), body: "{}"}
		e := s.send(t.Context(), w.url)
		assert.Equal(t, ProofNoConn, e.Proof)
		assert.EqualValues(t, 1, s.gate.begun.Load(), "such a transport may not trace")
		assert.Zero(t, s.gate.late.Load())
		time.Sleep(time.Minute)
		assert.EqualValues(t, 1, s.gate.begun.Load())
		assert.EqualValues(t, 1, s.gate.late.Load())
	})
}

func TestR8_AClosedGateLetsNothingLeave(t *testing.T) {
	for _, body := range []string{"", "{}"} {
		for _, own := range []bool{true, false} {
			for _, checked := range []bool{true, false} {
				t.Run(fmt.Sprintf("%q, tracked: %t, checked: %t", body, own, checked), func(t *testing.T) {
					whole := 0
					inWorld(t, func(_ http.ResponseWriter, r *http.Request) {
						if _, err := io.Copy(io.Discard, r.Body); err == nil {
							whole++
						}
					}, func(t *testing.T, w *world) {
						s := sending{session: w.Session, body: body, checked: checked}
						if !own {
							rt := &http.Transport{DialContext: w.listener.DialContext}
							defer rt.CloseIdleConnections()
							s.session = NewSession(untracked{rt}, clock.Clock{}, maxBody)
						}
						s.gate.closed.Store(true)
						e := s.send(t.Context(), w.url)
						if !checked {
							require.NoError(t, e.Err)
							return
						}
						assert.ErrorIs(t, e.Err, ErrTooLate)
						assert.Equal(t, own, e.Proof == ProofNoByte, e.Proof)
						time.Sleep(time.Minute)
						assert.Zero(t, whole)
					})
				})
			}
		}
	}
}

// A refused write ends the read as well, and net/http may return either error.
func TestR8_ARefusedWriteIsTheReasonWhateverIsReturned(t *testing.T) {
	var gate counter
	a := begun(t, &Sender{Session: NewSession(nil, clock.Clock{}, 1), Gate: &gate})
	a.needsSendCheck = true
	conn := trackConn(sink{}, new(distrust))
	a.gotConn(httptrace.GotConnInfo{Conn: conn})
	assert.Equal(t, io.EOF, a.ownError(a.ctx, io.EOF), "nothing was refused")
	gate.closed.Store(true)
	_, err := conn.Write([]byte("POST"))
	require.ErrorIs(t, err, ErrTooLate)
	assert.Equal(t, ErrTooLate, a.ownError(a.ctx, net.ErrClosed))
	assert.Equal(t, ProofNoByte, a.proof(ErrTooLate))

	other := trackConn(sink{}, new(distrust))
	a.gotConn(httptrace.GotConnInfo{Conn: other})
	other.exchange.refuse(net.ErrClosed)
	assert.Equal(t, io.EOF, a.ownError(a.ctx, io.EOF), "a connection that is closed is no reason")
}

func TestR8_ACheckedBodyIsNotReadInAnyWay(t *testing.T) {
	for name, read := range map[string]func(*checkedBody) (string, error){
		"read": func(b *checkedBody) (string, error) {
			text, err := io.ReadAll(b)
			return string(text), err
		},
		"copied": func(b *checkedBody) (string, error) {
			var text strings.Builder
			_, err := io.Copy(&text, b)
			return text.String(), err
		},
	} {
		var gate counter
		text, err := read(&checkedBody{rest: *bytes.NewReader([]byte("body")), gate: &gate})
		require.NoError(t, err, name)
		assert.Equal(t, "body", text, name)
		gate.closed.Store(true)
		text, err = read(&checkedBody{rest: *bytes.NewReader([]byte("body")), gate: &gate})
		require.ErrorIs(t, err, ErrTooLate, name)
		assert.Empty(t, text, name)
	}
}

type onFirstWrite struct {
	strings.Builder
	do sync.Once
	f  func()
}

func (w *onFirstWrite) Write(p []byte) (int, error) {
	w.do.Do(w.f)
	return w.Builder.Write(p)
}

// The end is a piece too: a transport may hold back what it has read until
// then.
func TestR8_ACheckedBodyChecksEachPiece(t *testing.T) {
	for name, row := range map[string]struct{ size, read int }{
		"its end":  {size: 4, read: 4},
		"the rest": {size: 1 << 20, read: 1<<20 - 1},
	} {
		var gate counter
		text := &onFirstWrite{f: func() { gate.closed.Store(true) }}
		_, err := io.Copy(text, &checkedBody{rest: *bytes.NewReader(make([]byte, row.size)), gate: &gate})
		require.ErrorIs(t, err, ErrTooLate, name)
		assert.LessOrEqual(t, text.Len(), row.read, name)
	}
}

// R8: the reads of a body do not query the platform how long the machine has
// slept: a transport reads more than once, and each question costs system
// calls.
func TestR8_ReadingABodyMakesNoSystemCall(t *testing.T) {
	asked := 0
	gate := counter{clock: clock.New(nil, func() time.Duration { asked++; return time.Second })}
	gate.clock.Now() // the first reading asks
	first := asked
	text, err := io.ReadAll(&checkedBody{rest: *bytes.NewReader([]byte("body")), gate: &gate})
	require.NoError(t, err)
	assert.Equal(t, "body", string(text))
	assert.Equal(t, first, asked)
}

// The process may have been stopped between the look at the clock and the
// attempt.
func TestR8_AnAttemptWhoseTimeIsOverHasEnded(t *testing.T) {
	s := Sender{Session: NewSession(nil, clock.Clock{}, 1), Gate: &counter{}}
	defer s.Close()
	for range 2 {
		ctx := new(Attempt).Begin(t.Context(), &s, clock.Clock{}.Now(), 0, false)
		require.ErrorIs(t, ctx.Err(), context.DeadlineExceeded)
		require.ErrorIs(t, context.Cause(ctx), ErrAttemptTimeout)
		s.finish(true)
	}
}

// R39: what is known of an attempt that a panic has ended.
func TestR39_APanicLeavesAProof(t *testing.T) {
	broken := func(*http.Request) (*http.Response, error) { panic("no") }
	body := func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: panicking{}}, nil
	}
	dial := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { panic("no") }}
	for name, row := range map[string]struct {
		rt   http.RoundTripper
		want Proof
	}{
		"a transport":        {rt: transportFunc(broken), want: ProofNone},
		"a response's body":  {rt: transportFunc(body), want: ProofNone},
		"a dial":             {rt: dial, want: ProofNoConn},
		"before it was sent": {want: ProofNotTried},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, lose, func(t *testing.T, w *world) {
				s := Sender{Session: NewSession(row.rt, clock.Clock{}, maxBody), Gate: &counter{}}
				a := begun(t, &s)
				if row.rt != nil {
					assert.PanicsWithValue(t, "no", func() {
						u, err := url.Parse(w.url)
						require.NoError(t, err)
						a.Send(&Request{Method: http.MethodPost, URL: u, Header: http.Header{}, Body: []byte("{}")}, &Evidence{})
					})
				}
				assert.Equal(t, row.want, a.Proof())
			})
		})
	}
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("no") }
func (panicking) Close() error             { return nil }
