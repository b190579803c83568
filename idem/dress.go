package idem

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"net/url"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// bare makes the request that the loop carries. It has neither headers nor body,
// and its URL is made of parts that were parsed before.
func (c *call) bare(ctx context.Context) (*http.Request, error) {
	u := c.engine.root
	path, err := url.PathUnescape(c.request.Path)
	if err != nil {
		return nil, err
	}
	if path != c.request.Path || u.RawPath != "" {
		u.RawPath = u.EscapedPath() + c.request.Path
	}
	u.Path += path
	u.RawQuery = c.request.Query.Encode()
	req := http.Request{
		Method: c.request.Method, URL: &u, Host: u.Host, Header: http.Header{},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	return req.WithContext(ctx), nil
}

// url is where the call's request goes, in words.
func (c *call) url() string {
	if q := c.request.Query.Encode(); q != "" {
		return c.engine.base + c.request.Path + "?" + q
	}
	return c.engine.base + c.request.Path
}

// dress makes the request that goes to the transport: the call's headers and
// fresh credentials, and nothing that lets net/http send a mutation a second
// time by itself (R18).
func (c *call) dress(ctx context.Context, req *http.Request) (*http.Request, error) {
	out := req.WithContext(ctx)
	out.Header = c.headers()
	if c.engine.authorize != nil {
		if err := c.engine.authorize(ctx, out.Header); err != nil {
			return nil, err
		}
		c.credential = authorization(out.Header)
	}
	body := c.request.Body
	out.ContentLength = int64(len(body))
	switch {
	case len(body) > 0 && c.flight.guarded && !c.engine.transports.own:
		out.Body = &lateBody{rest: *bytes.NewReader(body), guard: c}
	case len(body) > 0:
		out.Body = io.NopCloser(bytes.NewReader(body)) // net/http knows it, and sends headers and body in one write
	case c.request.Operation.Class != Safe:
		sendNoBody(out)
	}
	return out, nil
}

// headers are the same on every attempt, credentials aside (R3).
func (c *call) headers() http.Header {
	h := maps.Clone(c.engine.header)
	addCanonical(h, c.request.Header)
	if len(c.request.Body) > 0 {
		h["Content-Type"] = typeHeader(c.request.contentType())
	}
	if c.request.Operation.Class.sendsKey() {
		h[c.engine.profile.KeyHeader] = []string{c.held.value}
	}
	return h
}

// jsonHeader is shared by requests, as the engine's own headers are.
var jsonHeader = []string{jsonType}

func typeHeader(contentType string) []string {
	if contentType == jsonType {
		return jsonHeader[:1:1]
	}
	return []string{contentType}
}

// sendNoBody sends a mutation without a body as one: Content-Length 0, not
// chunked. net/http replays a request whose Body is nil, and sends a Body of
// unknown length in chunks unless its encoding is "identity", for which it
// writes no length; the header in lower case is one that it passes through.
func sendNoBody(r *http.Request) {
	r.Body = emptyBody{}
	r.TransferEncoding = []string{"identity"}
	r.Header["content-length"] = []string{"0"}
}

// emptyBody is a body of no bytes that is not http.NoBody.
type emptyBody struct{}

func (emptyBody) Read([]byte) (int, error) { return 0, io.EOF }
func (emptyBody) Close() error             { return nil }

// lateBody refuses to be read after the window. It stands in for the check at
// the write, where the connection is somebody else's (R8). Its end is refused as
// well: what was read may still lie in a buffer.
type lateBody struct {
	rest  bytes.Reader // not embedded: nothing but Read may reach it
	guard *call
}

func (b *lateBody) Read(p []byte) (int, error) {
	if err := b.guard.tooLateBy(clock.Clock.Now); err != nil {
		return 0, err
	}
	return b.rest.Read(p)
}

func (b *lateBody) Close() error { return nil }
