package idem

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// Secrets have 16 bytes at least.
const secretOne, secretTwo = "the first secret", "the second secret"

func TestJ9_AShortSecretIsRefused(t *testing.T) {
	for _, short := range []string{"", "x", secretOne[1:]} {
		_, err := newSeal([][]byte{[]byte(secretOne), []byte(short)})
		assert.ErrorAs(t, err, new(*InvalidError), short)
	}
}

func TestJ9_RequestsAreKeptOnlyWhileTheyCanBeSent(t *testing.T) {
	inJournalledWorld(t, script(lose, says(200, `{"id":"x"}`)), func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Keyed)
		look := func() entry {
			e, ok, err := w.engine.sealed.Load(context.Background(), "ref:order-1")
			require.NoError(t, err)
			require.True(t, ok)
			return e
		}
		assert.NotEmpty(t, look().Body)
		require.NoError(t, w.do(withRef(Keyed)).Err)
		done := look()
		assert.Equal(t, payload{Digest: done.Digest, Response: done.Response, attemptSummary: done.attemptSummary}, done.payload)
		assert.JSONEq(t, `{"id":"x"}`, string(done.Response.Body))
		assert.NotEmpty(t, done.Digest)
	})
}

func TestJ5_ALostAnswerIsNotRecordedAsOne(t *testing.T) {
	inJournalledWorld(t, cuts, func(t *testing.T, w *world, _ *faultyJournal) {
		c := atMost(1, withRef(Keyed))
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
			rec := stored(t, j)
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
			rec := stored(t, j)
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

// What is stored under a key comes back each time: recovery reads instead of
// asking.
func TestR38_RecoverDoesNotAskForWhatIsStored(t *testing.T) {
	for name, row := range map[string]struct {
		finding ReconcileResult
		want    Outcome
	}{
		"R38 reading proves it":      {finding: ReconcileResult{Done: true, Response: &Response{Status: 200, Body: []byte(`{}`)}}, want: OutcomeDone},
		"R38 reading proves nothing": {finding: ReconcileResult{}, want: OutcomeUnknown},
	} {
		t.Run(name, journalledTest(script(says(500, errorObject), replays(500, errorObject)), func(t *testing.T, w *world, _ *faultyJournal) {
			r := w.do(withRef(Keyed))
			require.Equal(t, OutcomeUnknown, r.Outcome)
			assert.False(t, r.RetryHelps)
			hits := w.hits.Load()
			all := w.recover(finding(row.finding, nil))
			require.Len(t, all, 1)
			assert.Equal(t, row.want, all[0].Result.Outcome)
			assert.Equal(t, hits, w.hits.Load(), "nothing is sent")
			if row.want == OutcomeUnknown {
				assert.NotErrorIs(t, all[0].Result.Err, ErrKeyExpired)
				assert.ErrorContains(t, all[0].Result.Err, "stored under the key")
			}
		}))
	}
}

// A server that forgets the keys of its 500s would execute the operation again,
// for any sender.
func TestR38_A500UnderNoRetryOn500EndsTheKey(t *testing.T) {
	for name, ref := range map[string]string{"R38 a key": "", "R38 a ref": "order-1"} {
		t.Run(name, journalledTest(script(says(500, errorObject), says(200, `{"id":"x"}`)), func(t *testing.T, w *world, j *faultyJournal) {
			c := post(Keyed)
			c.Ref, c.Policy.NoRetryOn500 = ref, true
			r := w.do(c)
			require.Equal(t, OutcomeUnknown, r.Outcome)
			assert.False(t, r.RetryHelps)
			assert.Zero(t, r.SafeUntil, "no key protects a repetition")

			again := post(Keyed)
			if again.Ref = ref; ref == "" {
				again.Key = r.Key
			}
			other := w.newEngine(func(c *Config) { c.Journal = j })
			for _, e := range []*Engine{w.engine, other} {
				r := e.Do(t.Context(), again)
				assert.Equal(t, OutcomeUnknown, r.Outcome)
				require.ErrorIs(t, r.Err, ErrKeyExpired)
				assert.False(t, r.RetryHelps)
			}
			for one, err := range other.Recover(t.Context(), knowing(Keyed)) {
				require.NoError(t, err)
				assert.NotEqual(t, ActionResend, one.Action)
			}
			assert.EqualValues(t, 1, w.hits.Load(), "it is sent once")
		}))
	}
}
