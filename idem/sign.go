package idem

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

type signer = func(context.Context, *http.Request) error

// sign has the attempt's request signed, and returns its headers. The signer
// gets a copy of the headers, and what it has made of them is copied: it ends
// with the context of the attempt, and one that goes on writes to nothing that
// is used.
func (s *attempts) sign(ctx context.Context, r *sendonce.Request) (http.Header, error) {
	url, body := *r.URL, r.Body // r stays on the caller's stack
	req := (&http.Request{
		Method: r.Method, URL: &url, Host: url.Host, Header: r.Header.Clone(), ContentLength: int64(len(r.Body)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	req.Body, _ = req.GetBody() // it never fails
	return bounded(ctx, 0, func() (http.Header, error) {
		err := s.engine.sign(ctx, req)
		if req.Header == nil {
			return http.Header{}, err
		}
		return req.Header.Clone(), err
	})
}

// errKeyChanged is a hook that has changed the header of the key.
var errKeyChanged = errors.New("a hook changed the idempotency key's header")

// checkKeyHeader refuses headers in which a hook has changed the key: without
// it, nothing protects a repetition.
func (s *attempts) checkKeyHeader(h http.Header) error {
	p := &s.engine.profile
	if p.KeyHeader == "" || !s.call.Request.Operation.Class.sendsKey() {
		return nil
	}
	if v := h[p.KeyHeader]; len(v) != 1 || v[0] != headerValue(p, s.key.value) {
		return errKeyChanged
	}
	for name := range h {
		if len(name) == len(p.KeyHeader) && name != p.KeyHeader && sameHeader(name, p.KeyHeader) {
			return errKeyChanged
		}
	}
	return nil
}
