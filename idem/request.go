package idem

import (
	"context"
	"maps"
	"net/url"

	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

// newURL is where the call's requests go, made of parts that were parsed
// before.
func (o *operation) newURL() (*url.URL, error) {
	u := o.engine.root
	path, err := url.PathUnescape(o.call.Request.Path)
	if err != nil {
		return nil, err
	}
	if path != o.call.Request.Path || u.RawPath != "" {
		u.RawPath = u.EscapedPath() + o.call.Request.Path
	}
	u.Path += path
	u.RawQuery = o.call.Request.Query.Encode()
	return &u, nil
}

// url is where the call's request goes, in words.
func (o *operation) url() string {
	if q := o.call.Request.Query.Encode(); q != "" {
		return o.engine.base + o.call.Request.Path + "?" + q
	}
	return o.engine.base + o.call.Request.Path
}

// newAttemptRequest fills in the request of one attempt: the call's headers,
// which are the same on every attempt (R3), and fresh credentials.
func (s *attempts) newAttemptRequest(ctx context.Context, a *attempt, r *sendonce.Request) error {
	header := maps.Clone(s.engine.header)
	if len(s.call.Request.Header) > 0 {
		addCanonical(header, s.call.Request.Header)
	}
	if len(s.body) > 0 {
		header["Content-Type"] = jsonHeader[:1:1]
		if t := s.call.Request.ContentType; t != "" && t != jsonType {
			header["Content-Type"] = []string{t}
		}
	}
	if p := &s.engine.profile; s.call.Request.Operation.Class.sendsKey() && p.KeyHeader != "" {
		header[p.KeyHeader] = []string{headerValue(p, s.key.value)}
	}
	r.Method, r.URL, r.Header, r.Body = s.call.Request.Method, s.url, header, s.body
	r.ReadOnly, r.NewConn = s.call.Request.Operation.Class == Safe, s.progress.facts.needsNewConn
	if s.engine.authorize != nil {
		if err := s.engine.authorize(ctx, header); err != nil {
			return err // and it may still write to the header
		}
		a.credentials = header.Get("Authorization")
	}
	if s.engine.sign != nil {
		signed, err := s.sign(ctx, r)
		if err != nil {
			return err
		}
		r.Header = signed
	}
	if s.engine.authorize == nil && s.engine.sign == nil {
		return nil
	}
	return s.checkKeyHeader(r.Header)
}

// jsonHeader is shared by requests, as the engine's own headers are.
var jsonHeader = []string{jsonType}
