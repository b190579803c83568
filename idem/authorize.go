package idem

import (
	"context"
	"errors"
	"net/http"

	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

type authorizer = func(context.Context, http.Header) error

// boundAuthorizer makes a key provider end with the context of its attempt. One
// that goes on writes to a header that is not used any more.
func boundAuthorizer(authorize authorizer) authorizer {
	if authorize == nil {
		return nil
	}
	return func(ctx context.Context, h http.Header) error {
		_, err := bounded(ctx, 0, func() (struct{}, error) { return struct{}{}, authorize(ctx, h) })
		return err
	}
}

func unauthorized(err error) sendonce.Cause {
	if errors.Is(err, errKeyChanged) {
		return sendonce.Cause{Reason: errKeyChanged.Error()}
	}
	if errors.Is(err, errAbandoned) || errors.Is(err, context.DeadlineExceeded) {
		return sendonce.Cause{Reason: "no credentials to send: the key provider took too long"}
	}
	return sendonce.Cause{Reason: "no credentials to send"}
}
