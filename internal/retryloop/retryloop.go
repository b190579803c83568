// Package retryloop makes attempts, and waits between them, with the loop of
// go-retryablehttp. No other package imports that library: it neither sends
// requests nor reads responses here, and decides nothing.
package retryloop

import (
	"context"
	"errors"
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
	wait, again := attempts.Attempt(ctx)
	if !again { // the rule: below the library's loop the call's stack would be larger
		return nil
	}
	var l struct {
		client  retryablehttp.Client // RetryWaitMin is the next wait
		request retryablehttp.Request
	}
	l.client.HTTPClient, l.client.RetryMax, l.client.RetryWaitMin = noRequest, math.MaxInt, wait
	l.client.CheckRetry = func(context.Context, *http.Response, error) (bool, error) { return true, nil }
	l.client.Backoff = func(wait, _ time.Duration, _ int, _ *http.Response) time.Duration { return wait }
	l.client.ErrorHandler = func(*http.Response, error, int) (*http.Response, error) { return noResponse, nil }
	l.client.PrepareRetry = func(*http.Request) error {
		if wait, again := attempts.Attempt(ctx); again {
			l.client.RetryWaitMin = wait
			return nil
		}
		return errLast
	}
	l.request.Request = nowhere.WithContext(ctx)
	_, err := l.client.Do(&l.request) //nolint:bodyclose // it has none
	return err
}

var (
	errLast   = errors.New("the last attempt was made")
	nowhere   = &http.Request{URL: &url.URL{}, Header: http.Header{}}
	noRequest = &http.Client{Transport: nothing{}}

	noResponse = &http.Response{Body: http.NoBody}
)

type nothing struct{}

func (nothing) RoundTrip(*http.Request) (*http.Response, error) { return noResponse, nil }
