package idem

import (
	"context"
	"maps"
	"net/http"
	"net/url"

	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

// newURL is where the call's requests go, made of parts that were parsed before.
func (c *call) newURL() (*url.URL, error) {
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
	return &u, nil
}

// url is where the call's request goes, in words.
func (c *call) url() string {
	if q := c.request.Query.Encode(); q != "" {
		return c.engine.base + c.request.Path + "?" + q
	}
	return c.engine.base + c.request.Path
}

// newAttemptRequest fills in the request of one attempt: the call's headers, and fresh
// credentials.
func (c *call) newAttemptRequest(ctx context.Context, to *url.URL, r *sendonce.Request) error {
	r.Method, r.URL, r.Header, r.Body = c.request.Method, to, c.headers(), c.request.Body
	r.ReadOnly, r.NewConn = c.request.Operation.Class == Safe, c.needNewConn
	if c.engine.authorize != nil {
		if err := c.engine.authorize(ctx, r.Header); err != nil {
			return err
		}
		c.credential = authorization(r.Header)
	}
	return nil
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
