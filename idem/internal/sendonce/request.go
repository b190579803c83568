package sendonce

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// newRequest makes the request for the transport. It has nothing that lets
// net/http send one that is not read-only a second time (R18).
func (a *Attempt) newRequest(ctx context.Context, r *Request, u *url.URL) *http.Request {
	req := blank.WithContext(ctx)
	req.Method, req.URL, req.Host, req.Header, req.ContentLength = r.Method, u, u.Host, r.Header, int64(len(r.Body))
	switch {
	case len(r.Body) > 0 && a.needsSendCheck && !a.sender.Session.transports.own:
		req.Body = &checkedBody{rest: *bytes.NewReader(r.Body), gate: a.sender.Gate}
	case len(r.Body) > 0:
		req.Body = io.NopCloser(bytes.NewReader(r.Body)) // net/http knows it, and sends headers and body in one write
	case !r.ReadOnly:
		// Content-Length 0, not chunked. net/http replays a request whose Body
		// is nil, and sends a Body of unknown length in chunks unless its
		// encoding is "identity", for which it writes no length; the header in
		// lower case is one that it passes through.
		req.Body, req.TransferEncoding = emptyBody{}, []string{"identity"}
		req.Header["content-length"] = []string{"0"}
	}
	return req
}

// blank is what all requests are copies of: one that is built on the stack
// would make the stack of a goroutine that waits larger.
var blank = &http.Request{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}

// emptyBody is a body without bytes that is not http.NoBody.
type emptyBody struct{}

func (emptyBody) Read([]byte) (int, error) { return 0, io.EOF }
func (emptyBody) Close() error             { return nil }

// checkedBody refuses to be read once the gate is closed. It replaces the check
// at the write where the connection is not tracked (R8). Its end is refused as
// well: what was read may still be in a buffer.
type checkedBody struct {
	rest bytes.Reader // not embedded: nothing but Read may reach it
	gate Gate
}

func (b *checkedBody) Read(p []byte) (int, error) {
	if err := b.gate.Check(clock.Clock.Now); err != nil {
		return 0, err
	}
	return b.rest.Read(p)
}

func (b *checkedBody) Close() error { return nil }
