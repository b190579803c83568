package network

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// callHeader names the call that a request belongs to, so that the server can
// distinguish the attempts of different calls.
const callHeader = "Storm-Call"

// frameFault is what breaks in place of a response.
type frameFault struct {
	code http2.ErrCode
	// executed: the request is executed first. Never with a frame that states
	// that the stream was not processed.
	executed bool
	// goAway breaks the connection, not the stream; all streams on it fail as
	// well.
	goAway bool
}

// frameFaults are the frames after which net/http sends again, and one more.
// Those that break a whole connection are rarer, since they hit many calls.
func frameFaults() []frameFault {
	streams := []frameFault{
		{code: http2.ErrCodeRefusedStream},
		{code: http2.ErrCodeProtocol},
		{code: http2.ErrCodeProtocol, executed: true},
		{code: http2.ErrCodeInternal},
		{code: http2.ErrCodeInternal, executed: true},
	}
	return slices.Concat(streams, streams, streams, []frameFault{
		{code: http2.ErrCodeNo, goAway: true},
		{code: http2.ErrCodeEnhanceYourCalm, goAway: true},
		{code: http2.ErrCodeInternal, executed: true, goAway: true},
	})
}

type stormServer struct {
	handler  http.Handler
	listener net.Listener
	plan     func(call string, nth int) (frameFault, bool)

	wg   sync.WaitGroup
	open atomic.Int64

	mu    sync.Mutex
	sends map[string]int // requests by method and call
}

func newStorm(t *testing.T, handler http.Handler, plan func(string, int) (frameFault, bool)) *stormServer {
	t.Helper()
	config := &tls.Config{Certificates: []tls.Certificate{trusted.chain()}, NextProtos: []string{http2.NextProtoTLS}}
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	require.NoError(t, err)
	s := &stormServer{handler: handler, listener: l, plan: plan, sends: map[string]int{}}
	s.wg.Go(s.accept)
	t.Cleanup(func() {
		assert.NoError(t, l.Close())
		s.wg.Wait()
	})
	return s
}

func (s *stormServer) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.open.Add(1)
		s.wg.Go(func() {
			defer s.open.Add(-1)
			defer c.Close()
			s.serve(c.(*tls.Conn))
		})
	}
}

// serve reads frames until the client closes the connection or it was broken.
func (s *stormServer) serve(c *tls.Conn) {
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(c, preface); err != nil || string(preface) != http2.ClientPreface {
		return
	}
	framer := http2.NewFramer(c, c)
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	if framer.WriteSettings() != nil {
		return
	}
	conn := &stormConn{
		server: s, net: c, framer: framer,
		streams: map[uint32]*http.Request{}, bodies: map[uint32]*bytes.Buffer{},
	}
	for {
		frame, err := framer.ReadFrame()
		if err != nil || conn.take(frame) != nil {
			return
		}
	}
}

func (s *stormServer) count(call string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sends[call]++
	return s.sends[call] - 1
}

func (s *stormServer) sent(call string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sends[call]
}

// stormConn is one connection; a single goroutine reads and writes it.
type stormConn struct {
	server  *stormServer
	net     *tls.Conn
	framer  *http2.Framer
	streams map[uint32]*http.Request
	bodies  map[uint32]*bytes.Buffer
	// goneAway: no new stream is accepted.
	goneAway bool
}

func (c *stormConn) take(frame http2.Frame) error {
	switch f := frame.(type) {
	case *http2.SettingsFrame:
		if !f.IsAck() {
			return c.framer.WriteSettingsAck()
		}
	case *http2.PingFrame:
		if !f.IsAck() {
			return c.framer.WritePing(true, f.Data)
		}
	case *http2.MetaHeadersFrame:
		if c.goneAway {
			return nil // as announced
		}
		c.streams[f.StreamID], c.bodies[f.StreamID] = requestOf(f), new(bytes.Buffer)
		if f.StreamEnded() {
			return c.answer(f.StreamID)
		}
	case *http2.DataFrame:
		body, known := c.bodies[f.StreamID]
		if !known {
			return nil // of a stream that was given up
		}
		body.Write(f.Data())
		if n := uint32(len(f.Data())); n > 0 {
			if err := c.framer.WriteWindowUpdate(0, n); err != nil {
				return err
			}
		}
		if f.StreamEnded() {
			return c.answer(f.StreamID)
		}
	case *http2.RSTStreamFrame:
		delete(c.streams, f.StreamID)
		delete(c.bodies, f.StreamID)
	}
	return nil
}

func requestOf(f *http2.MetaHeadersFrame) *http.Request {
	r := httptest.NewRequest(f.PseudoValue("method"), f.PseudoValue("path"), nil)
	for _, field := range f.RegularFields() {
		r.Header.Add(field.Name, field.Value)
	}
	return r
}

func (c *stormConn) answer(stream uint32) error {
	request, body := c.streams[stream], c.bodies[stream]
	delete(c.streams, stream)
	delete(c.bodies, stream)
	call := request.Method + " " + request.Header.Get(callHeader)
	fault, broken := c.server.plan(call, c.server.count(call))
	var recorder *httptest.ResponseRecorder
	if !broken || fault.executed {
		recorder = httptest.NewRecorder()
		request = request.WithContext(context.Background())
		request.Body, request.ContentLength = io.NopCloser(body), int64(body.Len())
		c.server.handler.ServeHTTP(recorder, request)
	}
	switch {
	case !broken:
		return c.write(stream, recorder)
	case !fault.goAway:
		return c.framer.WriteRSTStream(stream, fault.code)
	case fault.executed:
		_ = c.framer.WriteGoAway(stream, fault.code, nil)
		return io.EOF
	default: // this stream and later ones are not processed
		c.goneAway = true
		_ = c.framer.WriteGoAway(stream-1, fault.code, nil)
		return c.net.CloseWrite() // a full close could overtake the frame
	}
}

func (c *stormConn) write(stream uint32, recorder *httptest.ResponseRecorder) error {
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	fields := []hpack.HeaderField{{Name: ":status", Value: strconv.Itoa(recorder.Code)}}
	for name, values := range recorder.Header() {
		for _, value := range values {
			fields = append(fields, hpack.HeaderField{Name: strings.ToLower(name), Value: value})
		}
	}
	for _, field := range fields {
		if err := encoder.WriteField(field); err != nil {
			return err
		}
	}
	err := c.framer.WriteHeaders(http2.HeadersFrameParam{
		StreamID: stream, BlockFragment: block.Bytes(), EndHeaders: true,
	})
	if err != nil {
		return err
	}
	return c.framer.WriteData(stream, true, recorder.Body.Bytes())
}
