// Package retryloop makes attempts, and waits between them, with the loop of
// go-retryablehttp, which sends no request here and decides nothing.
package retryloop

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Attempter makes an attempt. If again, another one follows after the wait.
type Attempter interface {
	Attempt(ctx context.Context) (wait time.Duration, again bool)
}

// Run makes attempts. Where ctx ends a wait, it returns the error of ctx.
func Run(ctx context.Context, attempts Attempter) error {
	wait, again := attempts.Attempt(ctx)
	if !again { // the rule: below the library's loop the call's stack would be larger
		return nil
	}
	l, _ := loops.Get().(*loop)
	l.Context, l.attempts, l.client.RetryWaitMin = ctx, attempts, wait
	_, err := l.client.Do(l.request) //nolint:bodyclose // it has none
	l.Context, l.attempts = nil, nil
	loops.Put(l)
	return err
}

// loop is the library's, and the context of its request. It is used again.
type loop struct {
	context.Context //nolint:containedctx // of one Run after the other
	attempts        Attempter
	client          retryablehttp.Client // RetryWaitMin is the next wait
	request         *retryablehttp.Request
}

var loops = sync.Pool{New: func() any {
	l := new(loop)
	l.client.HTTPClient, l.client.RetryMax = &http.Client{Transport: l}, 1<<30
	l.client.CheckRetry = func(context.Context, *http.Response, error) (bool, error) { return true, nil }
	l.client.Backoff = func(wait, _ time.Duration, _ int, _ *http.Response) time.Duration { return wait }
	l.client.ErrorHandler = func(last *http.Response, _ error, _ int) (*http.Response, error) { return last, nil }
	l.client.PrepareRetry = func(*http.Request) error {
		wait, again := l.attempts.Attempt(l.Context)
		if l.client.RetryWaitMin = wait; again {
			return nil
		}
		return http.ErrUseLastResponse
	}
	l.request, _ = retryablehttp.NewRequestWithContext(l, "", "", nil)
	return l
}}

var response = &http.Response{Body: http.NoBody}

func (*loop) RoundTrip(*http.Request) (*http.Response, error) { return response, nil }
