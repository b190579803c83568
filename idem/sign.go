package idem

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

type signer = func(context.Context, *http.Request) error

// sign has the attempt's request signed, and returns its headers. The signer
// gets a copy of the headers: it ends with the context of the attempt, and one
// that goes on writes to nothing that is used.
func (s *attempts) sign(ctx context.Context, r *sendonce.Request) (http.Header, error) {
	url := *r.URL
	req := (&http.Request{
		Method: r.Method, URL: &url, Host: url.Host, Header: r.Header.Clone(), ContentLength: int64(len(r.Body)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(r.Body)), nil }
	req.Body, _ = req.GetBody() // it never fails
	return bounded(ctx, 0, func() (http.Header, error) {
		err := s.engine.sign(ctx, req)
		return req.Header, err
	})
}
