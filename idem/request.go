package idem

import (
	"context"
	"maps"
	"net/http"
	"net/url"

	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

// newURL is where the call's requests go, made of parts that were parsed
// before.
func (o *operation) newURL() (*url.URL, error) {
	u := o.engine.root
	path, err := url.PathUnescape(o.request.Path)
	if err != nil {
		return nil, err
	}
	if path != o.request.Path || u.RawPath != "" {
		u.RawPath = u.EscapedPath() + o.request.Path
	}
	u.Path += path
	u.RawQuery = o.request.Query.Encode()
	return &u, nil
}

// url is where the call's request goes, in words.
func (o *operation) url() string {
	if q := o.request.Query.Encode(); q != "" {
		return o.engine.base + o.request.Path + "?" + q
	}
	return o.engine.base + o.request.Path
}

// newAttemptRequest fills in the request of one attempt: the call's headers,
// and fresh credentials.
func (s *attempts) newAttemptRequest(ctx context.Context, a *attempt, r *sendonce.Request) error {
	r.Method, r.URL, r.Header, r.Body = s.request.Method, s.url, s.headers(), s.request.Body
	r.ReadOnly, r.NewConn = s.request.Operation.Class == Safe, s.progress.needsNewConn()
	if s.engine.authorize != nil {
		if err := s.engine.authorize(ctx, r.Header); err != nil {
			return err
		}
		a.credentials = authorization(r.Header)
	}
	return nil
}

// headers are the same on every attempt, credentials aside (R3).
func (o *operation) headers() http.Header {
	h := maps.Clone(o.engine.header)
	addCanonical(h, o.request.Header)
	if len(o.request.Body) > 0 {
		h["Content-Type"] = typeHeader(o.request.contentType())
	}
	if o.request.Operation.Class.sendsKey() {
		h[o.engine.profile.KeyHeader] = []string{o.key.value}
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
