package sendonce

import (
	"context"
	"net/http"
)

// WithResponse makes the attempts of ctx copy what they hear to heard: the last
// response, without its request, and without its body unless it is
// http.NoBody.
func WithResponse(ctx context.Context, heard *http.Response) context.Context {
	return context.WithValue(ctx, heardKey{}, heard)
}

type heardKey struct{}

func noteResponse(ctx context.Context, resp *http.Response) {
	heard, ok := ctx.Value(heardKey{}).(*http.Response)
	if !ok {
		return
	}
	*heard = *resp
	heard.Request = nil
	if heard.Body != http.NoBody {
		heard.Body = nil
	}
}
