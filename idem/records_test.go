package idem

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/journal"
)

func TestJ5_ALostAnswerIsNotRecordedAsOne(t *testing.T) {
	inJournalledWorld(t, cuts, func(t *testing.T, w *world, _ *faultyJournal) {
		c := withRef(Keyed)
		c.Policy.MaxAttempts = 1
		first := w.do(c)
		require.ErrorIs(t, first.Err, ErrResponseLost)
		again := w.do(c)
		assert.True(t, again.FromJournal)
		assert.Equal(t, OutcomeDone, again.Outcome)
		assert.ErrorIs(t, again.Err, ErrResponseLost, "done, and there is no value to give")
		assert.Nil(t, again.Response)
	})
}

func TestJ3_TheLeaseIsRenewedForAsLongAsAnAttemptLasts(t *testing.T) {
	slow := script(lose, says(200, "{}"))
	inJournalledWorld(t, slow, func(t *testing.T, w *world, j *faultyJournal) {
		w.engine.policy.AttemptTimeout = 50 * time.Second
		release := make(chan struct{})
		w.engine.authorize = func(context.Context, http.Header) error { <-release; return nil }
		done := make(chan Result)
		go func() { done <- w.do(withRef(Keyed)) }()
		for range 8 {
			time.Sleep(5 * time.Second)
			rec, ok, err := j.Load(context.Background(), "ref:order-1")
			require.NoError(t, err)
			require.True(t, ok)
			assert.Positive(t, rec.Lease, "nobody else may take it over")
		}
		close(release)
		assert.NoError(t, (<-done).Err)
	})
}

func TestJ5_WhatWasMadeIsNamedInTheRecord(t *testing.T) {
	j := journal.NewMemory()
	name := func(operation string, body []byte) string { return operation + string(body) }
	named := func(c *Config) { c.Journal, c.Resource = j, name }
	for answered, resource := range map[int]string{200: `op{"id":"x"}`, 422: ""} {
		body := `{"id":"x"}`
		if answered == 422 {
			body = errorObject
		}
		inWorld(t, says(answered, body), func(t *testing.T, w *world) {
			_ = w.do(withRef(Keyed))
			rec, ok, err := j.Load(context.Background(), "ref:order-1")
			require.NoError(t, err)
			require.True(t, ok)
			assert.Equal(t, resource, rec.Resource, "%d", answered)
		}, named, func(c *Config) { j = journal.NewMemory(); c.Journal = j })
	}
}

func TestRecover_EndsWithTheContext(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Keyed)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var errs []error
		for _, err := range w.engine.Recover(ctx, knowing(Keyed)) {
			errs = append(errs, err)
		}
		require.Len(t, errs, 1)
		assert.ErrorIs(t, errs[0], context.Canceled)
	})
}

func TestKeyring_ForgetsAfterALongRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, c := newKeyRegistry(90*time.Second), clock.Clock{}
		for _, name := range []string{"a", "b"} {
			k, err := UnsentKey(name)
			require.NoError(t, err)
			r.acquire(k, c.Now())
			r.release(keyHandle{value: k.value}, c.Now())
			time.Sleep(time.Hour)
		}
		k, err := UnsentKey("c")
		require.NoError(t, err)
		r.acquire(k, c.Now())
		assert.Equal(t, 1, remembered(r), "only the one in use")
	})
}

func TestProfile_NeedsAWindow(t *testing.T) {
	p := testProfile()
	p.KeyTTL = 0
	_, err := New(Config{Profile: p, BaseURL: "https://api.example.com"})
	assert.ErrorContains(t, err, "window")
}
