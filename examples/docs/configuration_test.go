package main

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go"
)

func configured(apiKey string) (*bardge.Client, error) {
	return bardge.New(apiKey,
		bardge.WithTimeout(time.Minute),
		bardge.WithRetryPolicy(bardge.RetryPolicy{AttemptTimeout: 5 * time.Second, MaxDelay: 2 * time.Second}),
		bardge.WithLogger(slog.Default()),
	)
}

func TestConfigure(t *testing.T) {
	_, err := configured("key")
	assert.NoError(t, err)
	_, err = configured("")
	assert.ErrorContains(t, err, "API key is empty")
}

func limited(apiKey string) (*bardge.Client, error) {
	return bardge.New(apiKey, bardge.WithRateLimit(50)) // requests a second
}

func limitedBy(apiKey string, limiter interface{ Wait(context.Context) error }) (*bardge.Client, error) {
	return bardge.New(apiKey, bardge.WithLimiter(limiter), bardge.WithMaxConcurrent(20))
}

type never struct{}

func (never) Wait(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestLimits(t *testing.T) {
	_, err := limited("key")
	assert.NoError(t, err)
	_, err = limitedBy("key", never{})
	assert.NoError(t, err)
	_, err = limitedBy("key", nil)
	assert.ErrorContains(t, err, "limiter is nil")
}
