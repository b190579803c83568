package sendonce

import (
	"context"
	"net/http"
)

// WithResponse makes the attempts of ctx copy what they hear to heard: the last
// response, whose body has been read. Nil ends that, for calls beneath, which
// may be made at the same time, or later.
func WithResponse(ctx context.Context, heard *http.Response) context.Context {
	return context.WithValue(ctx, heardKey{}, heard)
}

type heardKey struct{}

func noteResponse(ctx context.Context, resp *http.Response) {
	if heard, ok := ctx.Value(heardKey{}).(*http.Response); ok && heard != nil {
		*heard = *resp
	}
}
