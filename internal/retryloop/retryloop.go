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

// Attempter makes attempts, one after the other.
type Attempter interface {
	// Attempt returns whether another attempt follows, and after what wait.
	Attempt(ctx context.Context) (wait time.Duration, again bool)
}

// Run makes attempts until one returns false. It returns the error of ctx if
// that ends a wait, and otherwise nil. Panics pass through.
func Run(ctx context.Context, attempts Attempter) error {
	l := &loop{attempts: attempts}
	l.client.RetryMax = math.MaxInt
	l.client.CheckRetry = l.attempt
	l.client.Backoff = func(wait, _ time.Duration, _ int, _ *http.Response) time.Duration { return wait }
	l.client.HTTPClient = noRequest
	l.request.Request = nowhere.WithContext(ctx)
	_, err := l.client.Do(&l.request) //nolint:bodyclose // it has none
	return err
}

// loop holds the next wait as the library's RetryWaitMin.
type loop struct {
	client   retryablehttp.Client
	request  retryablehttp.Request
	attempts Attempter
}

// attempt runs after each of the library's requests, which are never sent.
// Inside the request it would wait below the frames of an http.Client, and
// double the size of a call's stack.
func (l *loop) attempt(ctx context.Context, _ *http.Response, _ error) (again bool, _ error) {
	l.client.RetryWaitMin, again = l.attempts.Attempt(ctx)
	return again, nil
}

var (
	nowhere   = &http.Request{URL: &url.URL{}, Header: http.Header{}}
	noRequest = &http.Client{Transport: nothing{}}

	noResponse = &http.Response{Body: http.NoBody}
)

type nothing struct{}

func (nothing) RoundTrip(*http.Request) (*http.Response, error) { return noResponse, nil }
