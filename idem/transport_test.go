package idem

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/memnet"
	"github.com/bardge/bardge-go/journal"
)

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
	given := freshKey(t, "given")
	minted := NewKey()
	for name, row := range map[string]struct {
		call         Call
		first, again int64
	}{
		"a key of the engine's": {call: post(Keyed), first: 1, again: 2},
		"a key for this call":   {call: Call{Request: post(Keyed).Request, Key: minted, SingleUseKey: true}, first: 1, again: 2},
		"a given key":           {call: Call{Request: post(Keyed).Request, Key: given}, first: 2, again: 2},
		"no window":             {call: post(Idempotent), first: 1, again: 1},
		"a lease":               {call: withRef(Idempotent), first: 2, again: 2},
	} {
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

type sulky struct{}

func (sulky) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, errors.New("no more")
}

func TestR17_AForeignTransportsTimeoutIsATimeout(t *testing.T) {
	inWorld(t, lose, func(t *testing.T, w *world) {
		c := atMost(1, post(Keyed))
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

// HTTP/2 reaches the engine through a caller's RoundTripper only. net/http
// resends there on REFUSED_STREAM, GOAWAY and PROTOCOL_ERROR, without limit and
// without asking for a key; the engine must see one send per attempt.

const (
	frameData     = 0x0
	frameHeaders  = 0x1
	frameRST      = 0x3
	frameSettings = 0x4
	frameGoAway   = 0x7

	flagEndStream  = 0x1
	flagEndHeaders = 0x4
	flagAck        = 0x1

	codeProtocolError = 0x1
	codeInternalError = 0x2
	codeRefusedStream = 0x7
)

func frame(kind, flags byte, stream uint32, payload []byte) []byte {
	b := make([]byte, 9, 9+len(payload))
	b[0], b[1], b[2] = byte(len(payload)>>16), byte(len(payload)>>8), byte(len(payload))
	b[3], b[4] = kind, flags
	binary.BigEndian.PutUint32(b[5:], stream)
	return append(b, payload...)
}

func uint32s(vs ...uint32) []byte {
	var b []byte
	for _, v := range vs {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}

// ok is an answer: HPACK for ":status: 200" and two literal fields, and "{}".
func ok(stream uint32) []byte {
	h := []byte{0x88}
	for _, f := range [][2]string{{"content-type", "application/json"}, {"request-id", "req_1"}} {
		h = append(h, 0, byte(len(f[0])))
		h = append(h, f[0]...)
		h = append(h, byte(len(f[1])))
		h = append(h, f[1]...)
	}
	return append(frame(frameHeaders, flagEndHeaders, stream, h), frame(frameData, flagEndStream, stream, []byte("{}"))...)
}

func reset(code uint32) func(uint32) []byte {
	return func(stream uint32) []byte { return frame(frameRST, 0, stream, uint32s(code)) }
}

// goAway: this stream was not processed.
func goAway(uint32) []byte { return frame(frameGoAway, 0, 0, uint32s(0, 0)) }

// serveHTTP2 answers each request by the next step, the last one for ever.
func serveHTTP2(l net.Listener, sends *atomic.Int64, steps ...func(stream uint32) []byte) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer func() { _ = c.Close() }()
			_, _ = io.CopyN(io.Discard, c, int64(len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")))
			_, _ = c.Write(frame(frameSettings, 0, 0, nil))
			head := make([]byte, 9)
			for {
				if _, err := io.ReadFull(c, head); err != nil {
					return
				}
				size := int64(head[0])<<16 | int64(head[1])<<8 | int64(head[2])
				_, _ = io.CopyN(io.Discard, c, size)
				switch {
				case head[3] == frameSettings && head[4]&flagAck == 0:
					_, _ = c.Write(frame(frameSettings, flagAck, 0, nil))
				case head[3] == frameHeaders:
					n := min(int(sends.Add(1)), len(steps))
					_, _ = c.Write(steps[n-1](binary.BigEndian.Uint32(head[5:])))
				}
			}
		}()
	}
}

func TestR18_HTTP2_OneSendPerAttempt(t *testing.T) {
	rows := map[string]func(uint32) []byte{
		"REFUSED_STREAM": reset(codeRefusedStream),
		"GOAWAY":         goAway,
		"PROTOCOL_ERROR": reset(codeProtocolError),
		"INTERNAL_ERROR": reset(codeInternalError),
	}
	bodies := map[string][]byte{"with a body": []byte(`{"a":1}`), "without a body": nil}
	for name, step := range rows {
		for kind, body := range bodies {
			t.Run(name+", "+kind, func(t *testing.T) {
				inHTTP2(t, func(e *Engine, sends *atomic.Int64) {
					for _, class := range []Class{Keyed, Idempotent} {
						sends.Store(0)
						c := post(class)
						c.Request.Body = bytes.Clone(body)
						c.Policy.MaxAttempts = 3
						r := e.Do(context.Background(), c)
						assert.Equal(t, OutcomeUnknown, r.Outcome)
						assert.Len(t, r.Attempts, 3)
						assert.EqualValues(t, 3, sends.Load(), "%s: sends", class)
					}
				}, step)
			})
			t.Run(name+", then an answer, "+kind, func(t *testing.T) {
				inHTTP2(t, func(e *Engine, sends *atomic.Int64) {
					c := post(Keyed)
					c.Request.Body = bytes.Clone(body)
					r := e.Do(context.Background(), c)
					assert.NoError(t, r.Err)
					assert.Len(t, r.Attempts, 3)
					assert.EqualValues(t, 3, sends.Load())
				}, step, step, ok)
			})
		}
	}
}

func inHTTP2(t *testing.T, f func(*Engine, *atomic.Int64), steps ...func(uint32) []byte) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := memnet.Listen()
		var sends atomic.Int64
		go serveHTTP2(l, &sends, steps...)
		rt := &http.Transport{DialContext: l.DialContext, Protocols: new(http.Protocols)}
		rt.Protocols.SetUnencryptedHTTP2(true)
		e, err := New(Config{Profile: testProfile(), BaseURL: "http://" + l.Addr().String(), Transport: foreign{rt}})
		assert.NoError(t, err)
		f(e, &sends)
		rt.CloseIdleConnections()
		_ = l.Close()
		time.Sleep(time.Minute)
	})
}

func inPool(t *testing.T, h http.HandlerFunc, f func(t *testing.T, w *world)) {
	t.Helper()
	var warm atomic.Bool
	inWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		if warm.Load() {
			h(rw, r)
			return
		}
		time.Sleep(time.Second) // so that the pool holds five connections
		answer(rw, 200, "{}")
	}, func(t *testing.T, w *world) {
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() { assert.NoError(t, w.do(post(Keyed)).Err) })
		}
		all.Wait()
		require.Len(t, w.listener.Conns(), 5)
		warm.Store(true)
		f(t, w)
	})
}

func TestR17_AnAnswerThatWasCutCostsThePoolItsTrust(t *testing.T) {
	inPool(t, script(cuts, says(200, "{}")), func(t *testing.T, w *world) {
		r := w.do(post(Keyed))
		require.NoError(t, r.Err)
		require.Len(t, r.Attempts, 2)
		assert.True(t, r.Attempts[0].ReusedConn)
		assert.False(t, r.Attempts[1].ReusedConn, "the next has a connection of its own")
	})
	inPool(t, script(says(503, "{}"), says(200, "{}")), func(t *testing.T, w *world) {
		r := w.do(post(Keyed))
		require.NoError(t, r.Err)
		require.Len(t, r.Attempts, 2)
		assert.True(t, r.Attempts[1].ReusedConn, "a whole answer, though of trouble, does not")
	})
}

func TestR17_OnlyTheFirstBreakOfAPooledConnectionIsNoSignOfTrouble(t *testing.T) {
	inPool(t, lose, func(t *testing.T, w *world) {
		r := w.do(atMost(4, post(Keyed)))
		require.Len(t, r.Attempts, 4)
		assert.True(t, r.Attempts[0].ReusedConn)
		assert.Zero(t, r.Attempts[0].Wait, "retried at once")
		assert.False(t, r.Attempts[1].ReusedConn)
		assert.NotZero(t, r.Attempts[1].Wait)
		assert.True(t, r.Attempts[2].ReusedConn)
		assert.NotZero(t, r.Attempts[2].Wait, "not a second time")
	})
}

func TestR15_PatienceEndsWhatNoWindowDoes(t *testing.T) {
	short := Policy{KeyTTL: 30 * time.Second, AttemptTimeout: time.Second}
	for name, row := range map[string]struct {
		class  Class
		up     bool // the server loses each response
		policy Policy
		lasts  float64 // the window's length less the margin, in seconds
	}{
		"keyed, nothing sent":      {class: Keyed, lasts: 80},
		"idempotent":               {class: Idempotent, up: true, lasts: 80},
		"keyed, a shorter window":  {class: Keyed, policy: short, lasts: 23},
		"idempotent, nothing sent": {class: Idempotent, policy: short, lasts: 23},
	} {
		t.Run(name, worldTest(lose, func(t *testing.T, w *world) {
			w.listener.SetDown(!row.up)
			began := time.Now()
			assert.ErrorContains(t, w.do(post(row.class)).Err, stopElapsed.String())
			assert.InDelta(t, row.lasts, time.Since(began).Seconds(), 5)
		}, func(c *Config) { c.Policy = row.policy }))
	}
}

func TestR15_AnswersInProgressAreAskedAtAGrowingPace(t *testing.T) {
	busy := says(409, `{"error":{"code":"in_progress"}}`)
	inWorld(t, script(busy, busy, busy, busy, says(200, "{}")), func(t *testing.T, w *world) {
		r := w.do(post(Keyed))
		require.NoError(t, r.Err)
		require.Len(t, r.Attempts, 5)
		full := 250 * time.Millisecond
		for _, a := range r.Attempts[:4] {
			assert.GreaterOrEqual(t, a.Wait, full/2)
			assert.LessOrEqual(t, a.Wait, full)
			full *= 2
		}
	})
}
