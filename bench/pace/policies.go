package pace

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/bardge/bardge-go"
)

// policy makes calls at a server until they are done.
type policy struct {
	name string
	make func(url string, limit float64) (call func(context.Context) error, end func())
}

var policies = []policy{
	{"by hand: each call waits its own `Retry-After`", byHand},
	{"bardge-go, limit unknown", sdk(func(float64) []bardge.Option { return nil })},
	{"bardge-go, `WithRateLimit`", sdk(func(limit float64) []bardge.Option {
		return []bardge.Option{bardge.WithRateLimit(limit)}
	})},
	{"bardge-go, `WithLimiter` of x/time at 96 %", sdk(func(limit float64) []bardge.Option {
		return []bardge.Option{bardge.WithLimiter(rate.NewLimiter(rate.Limit(0.96*limit), 1))}
	})},
}

func sdk(options func(limit float64) []bardge.Option) func(string, float64) (func(context.Context) error, func()) {
	return func(url string, limit float64) (func(context.Context) error, func()) {
		client, err := bardge.New("key", append(options(limit), bardge.WithBaseURL(url))...)
		if err != nil {
			return func(context.Context) error { return err }, func() {}
		}
		issue := func(ctx context.Context) error {
			_, _, err := client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
				ClientID: "client_abc123", PassID: "pass_abc123",
			})
			return err
		}
		return issue, client.CloseIdleConnections
	}
}

func byHand(url string, _ float64) (call func(context.Context) error, end func()) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1000}}
	once := func(ctx context.Context) (wait time.Duration, err error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader("{}"))
		if err != nil {
			return 0, err
		}
		resp, err := client.Do(req)
		if err != nil {
			return 0, err
		}
		defer func() { _ = resp.Body.Close() }()
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			return 0, err
		}
		seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
		switch {
		case resp.StatusCode == http.StatusCreated:
			return 0, nil
		case resp.StatusCode != http.StatusTooManyRequests:
			return 0, errors.New(resp.Status)
		}
		return time.Duration(seconds) * time.Second, err
	}
	return func(ctx context.Context) error {
		for {
			wait, err := once(ctx)
			if err != nil || wait == 0 {
				return err
			}
			time.Sleep(wait)
		}
	}, client.CloseIdleConnections
}
