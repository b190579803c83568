package idem

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/internal/memnet"
)

// HTTP/2 reaches the engine through a caller's RoundTripper only. net/http
// resends there on REFUSED_STREAM, GOAWAY and PROTOCOL_ERROR, without limit and
// without asking for a key; the engine must see one send per attempt.

// The frames of HTTP/2 (RFC 9113, section 6) that these tests speak.
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

// goAway says that this stream was not processed.
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

// inHTTP2 runs f with an engine whose RoundTripper speaks HTTP/2 without TLS.
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
