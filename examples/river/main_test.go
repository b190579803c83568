package main

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal/postgres/pgtest"
)

// The test binary is its own worker.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "work" {
		exit(work(context.Background()))
	}
	os.Exit(m.Run())
}

func TestAQueueWithAJournalBuysOnce(t *testing.T) {
	t.Parallel() // they mostly wait
	got := small(t, true)
	assert.Equal(t, got.jobs, got.Completed, "no job is left behind")
	assert.Equal(t, got.jobs, got.Clients, "each client has a pass")
	assert.Equal(t, got.jobs, got.Passes, "and no second one")
	assert.NotZero(t, got.Rescued, "workers were killed in the middle of their jobs")
	require.NoError(t, got.verdict())
	assert.Contains(t, got.String(), "Each pass was issued once.")
}

func TestAQueueWithoutAJournalBuysTwice(t *testing.T) {
	t.Parallel()
	got := small(t, false)
	assert.Greater(t, got.Passes, got.Clients)
	require.NoError(t, got.verdict())
	assert.Contains(t, got.String(), "passes were bought without an order")
}

func small(t *testing.T, journal bool) report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	got, err := run(ctx, settings{dsn: pgtest.Start(t).DSN, journal: journal, jobs: 100, workers: 3, kills: 15})
	require.NoError(t, err)
	t.Logf("\n%s", got)
	return got
}
