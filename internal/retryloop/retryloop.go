// Package retryloop makes attempts, and waits between them, with the loop of
// go-retryablehttp. No other package imports that library: it neither sends
// requests nor reads responses here, and decides nothing.
package retryloop

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Attempt makes one attempt, and returns whether another one follows, after what wait.
type Attempt func(context.Context) (wait time.Duration, again bool)

// Run makes attempts until one returns false. If ctx ends a wait, it returns the
// error of ctx, and otherwise nil. A panic of attempt passes through.
func Run(ctx context.Context, attempt Attempt) error {
	l := &loop{attempt: attempt}
	l.client.RetryMax = math.MaxInt
	l.client.Backoff = func(wait, _ time.Duration, _ int, _ *http.Response) time.Duration { return wait }
	l.client.CheckRetry = func(_ context.Context, r *http.Response, _ error) (bool, error) { return r == another, nil }
	l.http.Transport = l
	l.client.HTTPClient = &l.http // without a way to close idle connections
	l.request.Request = nowhere.WithContext(ctx)
	_, err := l.client.Do(&l.request) //nolint:bodyclose // it has none
	return err
}

// loop is the transport of the library's client. The client holds the next wait as
// its RetryWaitMin.
type loop struct {
	client  retryablehttp.Client
	http    http.Client
	request retryablehttp.Request
	attempt Attempt
}

// The request and the responses are all that the library sees of an attempt.
var (
	nowhere = &http.Request{URL: &url.URL{}, Header: http.Header{}}
	another = &http.Response{Body: http.NoBody}
	none    = &http.Response{Body: http.NoBody}
)

func (l *loop) RoundTrip(req *http.Request) (*http.Response, error) {
	var again bool
	if l.client.RetryWaitMin, again = l.attempt(req.Context()); again {
		return another, nil
	}
	return none, nil
}
