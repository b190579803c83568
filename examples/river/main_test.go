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
	told := small(t, true)
	assert.Equal(t, told.jobs, told.Completed, "no job is left behind")
	assert.Equal(t, told.jobs, told.Clients, "each client has a pass")
	assert.Equal(t, told.jobs, told.Passes, "and no second one")
	assert.NotZero(t, told.Rescued, "workers were killed in the middle of their jobs")
	require.NoError(t, told.verdict())
	assert.Contains(t, told.String(), "Each pass was issued once.")
}

func TestAQueueWithoutAJournalBuysTwice(t *testing.T) {
	t.Parallel()
	told := small(t, false)
	assert.Greater(t, told.Passes, told.Clients)
	require.NoError(t, told.verdict())
	assert.Contains(t, told.String(), "passes were bought that nobody ordered")
}

// small is the whole run with fewer jobs.
func small(t *testing.T, journal bool) report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	told, err := run(ctx, settings{dsn: pgtest.Start(t).DSN, journal: journal, jobs: 100, workers: 3, kills: 15})
	require.NoError(t, err)
	t.Logf("\n%s", told)
	return told
}
