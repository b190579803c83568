package idem

import (
	"context"
	"net/http"
	"time"
)

// operationContext returns the context of a request's operation, and how to
// release it.
//
// http.Client replaces a RoundTripper's error by its own once its Timeout has
// passed, and outcome and key are lost with it. It shows that timer by a
// channel in Request.Cancel and the context's deadline: with both, the
// operation ends a little before the deadline. A deadline without the channel
// is the caller's own, and used to its end.
func operationContext(req *http.Request) (context.Context, context.CancelFunc) {
	ctx, cancelled := req.Context(), req.Cancel //nolint:staticcheck // http.Client.Timeout uses it
	if cancelled == nil {
		return ctx, func() {}
	}
	var cancel context.CancelFunc
	if deadline, has := ctx.Deadline(); has {
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-deadlineMargin(time.Until(deadline))))
	} else {
		ctx, cancel = context.WithCancel(ctx)
	}
	select {
	case <-cancelled:
		cancel()
	default:
		go func() {
			select {
			case <-cancelled:
				cancel()
			case <-ctx.Done():
			}
		}()
	}
	return ctx, cancel
}

// The margin before a deadline is 5 % of the time left, within these limits; a
// time of less than twice the lower one is halved.
const (
	minDeadlineMargin = 10 * time.Millisecond
	maxDeadlineMargin = 250 * time.Millisecond
)

func deadlineMargin(left time.Duration) time.Duration {
	margin := min(max(left/20, minDeadlineMargin), maxDeadlineMargin)
	return max(min(margin, left/2), 0)
}
