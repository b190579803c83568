package main

import (
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
