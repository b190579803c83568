package idem

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
)

const maxBody = 10 << 20

// requestBody reads a request's body whole, and closes it. A body that blocks
// does not outlive ctx: it is closed then, and its Read may return later.
func requestBody(ctx context.Context, req *http.Request) ([]byte, error) {
	tooLarge := &InvalidError{Field: "body", Reason: fmt.Sprintf("is larger than %d bytes", maxBody)}
	declared := req.ContentLength
	if declared > maxBody {
		closeBody(req)
		return nil, tooLarge
	}
	body, err := readUntil(ctx, req)
	switch {
	case err != nil:
		return nil, bodyError{err}
	case len(body) > maxBody:
		return nil, tooLarge
	case declared > 0 && declared != int64(len(body)):
		return nil, &InvalidError{Field: "body", Reason: "is not as long as ContentLength"}
	default:
		return body, nil
	}
}

// readUntil uses a goroutine unless the body is in memory: it may block.
func readUntil(ctx context.Context, req *http.Request) ([]byte, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, nil
	}
	if req.GetBody != nil || ctx.Done() == nil {
		defer closeBody(req)
		return readAll(req.Body)
	}
	body := req.Body // the caller may replace it as soon as RoundTrip has returned
	closed := sync.OnceFunc(func() { _ = body.Close() })
	read, err := bounded(ctx, 0, func() ([]byte, error) {
		defer closed()
		return readAll(body)
	})
	if errors.Is(err, errAbandoned) {
		go closed() // many bodies unblock by it; some wait for their Read
	}
	return read, err
}

func readAll(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, maxBody+1)) }

// bodyError hides the text of a body's error from all but errors.Is and As.
type bodyError struct{ cause error }

func (bodyError) Error() string { return "the request's body could not be read" }

func (u bodyError) Unwrap() error { return u.cause }

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close() // it was read as far as it is needed
	}
}
