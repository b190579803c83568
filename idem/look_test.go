package idem

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// settings of an engine that reads codes.
func withCodes(j journal.Journal) func(*Config) {
	return func(c *Config) {
		c.Journal = j
		c.Profile.Code = func(_ int, body []byte) string {
			var b struct {
				Error struct {
					Code string `json:"code"`
				} `json:"error"`
			}
			_ = json.Unmarshal(body, &b)
			return b.Error.Code
		}
	}
}

func TestJ17_ARecordKeepsWhyItIsOpen(t *testing.T) {
	stored := replays(500, `{"error":{"code":"internal_error"}}`)
	for name, row := range map[string]struct {
		handle    http.HandlerFunc
		attempts  int
		status    int
		code      string
		reason    string
		requestID string
		stored    bool
		state     journal.State
	}{
		"J17 the connection broke": {handle: lose, attempts: 2, reason: "connection closed by the server", state: journal.StateOpen},
		"J17 a stored error":       {handle: stored, attempts: 2, status: 500, code: "internal_error", requestID: "req_1", stored: true, state: journal.StateOpen},
		"J17 rejected":             {handle: says(422, errorObject), attempts: 1, status: 422, code: "some_code", reason: "rejected by the API", requestID: "req_1", state: journal.StateFree},
		"J17 done":                 {handle: says(200, `{"id":"x"}`), attempts: 1, status: 200, requestID: "req_1", state: journal.StateDone},
		"J17 done, response lost":  {handle: cuts, attempts: 2, status: 200, state: journal.StateDone},
	} {
		t.Run(name, func(t *testing.T) {
			j := journal.NewMemory()
			inWorld(t, row.handle, func(t *testing.T, w *world) {
				r := w.do(atMost(2, withRef(Keyed)))
				after := w.newEngine(withCodes(j)) // another process
				got, err := after.Get(t.Context(), journal.RefID("order-1"), knowing(Keyed))
				require.NoError(t, err)
				assert.Equal(t, row.stored, got.Stored)
				t.Log(got)
				assert.Equal(t, row.state, got.State)
				assert.Equal(t, len(r.Attempts), got.Attempts)
				assert.Equal(t, row.status, got.Status)
				assert.Equal(t, row.code, got.Code)
				if row.requestID != "" {
					assert.Equal(t, row.requestID, got.RequestID)
				}
				if r.Err != nil && r.Outcome != OutcomeDone {
					assert.Equal(t, r.Err.Error(), got.Reason)
				}
				if row.state == journal.StateOpen {
					end := r.SafeUntil.Add(-skewAllowance) // another process's clock may differ
					assert.WithinDuration(t, end, got.SafeUntil, time.Second, "the key's end")
				}
			}, withCodes(j))
		})
	}
}

func TestJ17_ARunningCallRecordsItsProgress(t *testing.T) {
	busy := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "30")
		answer(w, 503, `{"error":{"code":"busy"}}`)
	}
	j := journal.NewMemory()
	inWorld(t, script(busy, says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
		done := make(chan Result)
		go func() { done <- w.do(withRef(Keyed)) }()
		time.Sleep(lease)
		got := w.get()
		assert.True(t, got.Owned)
		assert.Equal(t, journal.StateOpen, got.State)
		assert.Equal(t, 1, got.Attempts)
		assert.Equal(t, 503, got.Status)
		assert.Equal(t, "busy", got.Code)
		assert.NotEmpty(t, got.Reason)
		require.NoError(t, (<-done).Err)
		got = w.get()
		assert.False(t, got.Owned)
		assert.Equal(t, 2, got.Attempts)
		assert.Equal(t, 200, got.Status)
		assert.Empty(t, got.Reason)
	}, withCodes(j))
}

// A key protects a repetition where the vendor promises so: one that is sent
// unverified, and one of an operation without a row, does not.
func TestJ17_AKeyProtectsWhatItsRowSays(t *testing.T) {
	for name, row := range map[string]struct {
		with     Recovery
		class    Class
		protects bool
	}{
		"keyed":            {knowing(Keyed), Keyed, true},
		"a key unverified": {knowing(KeyUnverified), KeyUnverified, false},
		"idempotent":       {knowing(Idempotent), Idempotent, false},
		"no row":           {knowingNone, KeyUnverified, false},
		"no rows at all":   {Recovery{}, KeyUnverified, false},
	} {
		t.Run(name, journalledTest(lose, func(t *testing.T, w *world, _ *faultyJournal) {
			orphan(t, w, Keyed)
			one, err := w.engine.Get(t.Context(), journal.RefID("order-1"), row.with)
			require.NoError(t, err)
			listed, err := w.engine.List(t.Context(), journal.Filter{}, row.with)
			require.NoError(t, err)
			many, err := w.engine.GetMany(t.Context(), []string{one.ID}, row.with)
			require.NoError(t, err)
			for _, got := range []RecordedOperation{one, listed[0], many[0]} {
				assert.Equal(t, row.class, got.Class)
				assert.Equal(t, row.protects, !got.SafeUntil.IsZero())
			}
		}))
	}
}

// Attempts of several calls add up; those of an earlier generation do not
// count.
func TestJ17_AttemptsAreThoseOfTheGeneration(t *testing.T) {
	inJournalledWorld(t, script(lose, lose, says(422, errorObject), says(200, "{}")), func(t *testing.T, w *world, _ *faultyJournal) {
		for _, want := range []int{1, 2, 3, 1} {
			_ = w.do(atMost(1, withRef(Keyed)))
			got := w.get()
			assert.Equal(t, want, got.Attempts)
			if want == 3 {
				assert.Equal(t, journal.StateOpen, got.State, "a refusal does not settle what was in doubt")
				assert.Equal(t, 422, got.Status)
				time.Sleep(time.Hour)
				require.NoError(t, w.resolve(Resolution{}))
			}
		}
	})
}

func TestR23_ACodeThatIsNoIdentifierIsNotRecorded(t *testing.T) {
	j := journal.NewMemory()
	inWorld(t, says(422, `{"error":{"code":"call +49 151 for ada"}}`), func(t *testing.T, w *world) {
		_ = w.do(withRef(Keyed))
		assert.Empty(t, w.get().Code)
	}, withCodes(j))
}

type watchedJournal struct {
	*journal.Memory
	t *testing.T
}

func (j watchedJournal) Save(context.Context, journal.Record) (bool, error) {
	assert.Fail(j.t, "looking has written a record")
	return false, errors.New("looking")
}

func (j watchedJournal) Adopt(context.Context, string, time.Duration, journal.Filter) ([]journal.Record, error) {
	assert.Fail(j.t, "looking has taken a lease")
	return nil, errors.New("looking")
}

func (j watchedJournal) Bind(ctx context.Context, from, to []byte) ([]byte, error) {
	assert.Nil(j.t, to, "looking binds nothing")
	return j.Memory.Bind(ctx, from, to)
}

func TestJ17_LookingSendsNothingAndChangesNothing(t *testing.T) {
	j := journal.NewMemory()
	inWorld(t, script(lose, says(200, `{}`)), func(t *testing.T, w *world) {
		look := w.newEngine(func(c *Config) { c.Journal = watchedJournal{j, t} })
		some, err := look.List(t.Context(), journal.Filter{}, knowing(Keyed))
		require.NoError(t, err)
		assert.Empty(t, some, "of a journal that is not bound")
		orphan(t, w, Keyed)
		second := ofRef(post(Keyed), "order-2")
		require.NoError(t, w.do(second).Err)
		before := stored(t, j)
		sent := w.hits.Load()
		time.Sleep(time.Minute)

		all, err := look.List(t.Context(), journal.Filter{}, knowing(Keyed))
		require.NoError(t, err)
		require.Len(t, all, 2)
		one, err := look.Get(t.Context(), journal.RefID("order-2"), knowing(Keyed))
		require.NoError(t, err)
		assert.Equal(t, journal.StateDone, one.State)
		many, err := look.GetMany(t.Context(), []string{journal.RefID("order-2"), journal.RefID("none"), journal.RefID("order-1")}, knowing(Keyed))
		require.NoError(t, err)
		assert.Len(t, many, 2)
		stats, err := look.Stats(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, stats.Done)
		require.Len(t, stats.Pending, 1)
		assert.Equal(t, journal.PendingStats{
			Operation: "op", Open: 1, Oldest: stats.Pending[0].Oldest, Ages: [5]int{1},
		}, stats.Pending[0])

		after := stored(t, j)
		assert.Equal(t, before.Version, after.Version)
		assert.Equal(t, sent, w.hits.Load())
	}, func(c *Config) { c.Journal = j })
}

func TestJ17_ListFiltersAndPages(t *testing.T) {
	inJournalledWorld(t, says(200, `{}`), func(t *testing.T, w *world, _ *faultyJournal) {
		for _, ref := range []string{"a", "b", "c"} {
			require.NoError(t, w.do(ofRef(post(Keyed), ref)).Err)
			time.Sleep(time.Minute)
		}
		w.listener.SetDown(true)
		refs := func(f journal.Filter) []string {
			all, err := w.engine.List(t.Context(), f, knowing(Keyed))
			require.NoError(t, err)
			var refs []string
			for _, o := range all {
				refs = append(refs, o.Ref)
			}
			return refs
		}
		assert.Equal(t, []string{"a", "b"}, refs(journal.Filter{Limit: 2}))
		assert.Equal(t, []string{"c"}, refs(journal.Filter{Limit: 2, After: journal.RefID("b")}))
		assert.Equal(t, []string{"a", "b"}, refs(journal.Filter{OlderThan: 90 * time.Second}))
		assert.Empty(t, refs(journal.Filter{State: journal.StateOpen}))
		assert.Len(t, refs(journal.Filter{State: journal.StateDone, Operation: "op"}), 3)
		assert.Empty(t, refs(journal.Filter{Operation: "other"}))
		for field, f := range map[string]journal.Filter{
			"filter's State": {State: 9}, "filter's OlderThan": {OlderThan: -1}, "filter's Limit": {Limit: -1},
			"filter's Operation": {Operation: "a\x00"}, "filter's After": {After: "ref:\xff"},
		} {
			_, err := w.engine.List(t.Context(), f, knowing(Keyed))
			assertInvalid(t, field, err)
		}
	})
}

// Databases refuse such a name in words of their own, or look for another one.
func TestJ17_ANameThatNoJournalCanHaveIsInvalid(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		for name, id := range map[string]string{"ref": journal.RefID("order\x00"), "id": "k\xff"} {
			_, err := w.engine.Get(t.Context(), id, knowing(Keyed))
			assertInvalid(t, name, err)
			_, err = w.engine.GetMany(t.Context(), []string{journal.RefID("a"), id}, knowing(Keyed))
			assertInvalid(t, name, err)
			assertInvalid(t, name, w.engine.Erase(t.Context(), id))
			assertInvalid(t, name, w.engine.Resolve(t.Context(), id, Resolution{Executed: true, By: "ada"}))
		}
	}, func(c *Config) { c.Journal = unusedJournal{t: t, Memory: journal.NewMemory()} })
}

// unusedJournal fails the test once a record is read.
type unusedJournal struct {
	*journal.Memory
	t *testing.T
}

func (j unusedJournal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	assert.Contains(j.t, id, "account", "the binding alone is read")
	return j.Memory.Load(ctx, id)
}

func (j unusedJournal) LoadMany(context.Context, []string) ([]journal.Record, error) {
	assert.Fail(j.t, "records are read")
	return nil, nil
}

// A list shows a record that it cannot open as far as it is in the clear.
func TestJ14_AListIsNotLostForOneRecord(t *testing.T) {
	j := journal.NewMemory()
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		require.NoError(t, w.do(withRef(Keyed)).Err)
		rec := stored(t, j)
		rec.ID, rec.Version = journal.RefID("forged"), 0
		_, err := j.Save(t.Context(), rec)
		require.NoError(t, err)
		all, err := w.engine.List(t.Context(), journal.Filter{}, knowing(Keyed))
		require.NoError(t, err)
		require.Len(t, all, 2)
		assert.ErrorIs(t, all[0].Err, ErrJournalSecret)
		assert.Zero(t, all[0].Attempts)
		assert.NoError(t, all[1].Err)
		_, err = w.engine.Get(t.Context(), journal.RefID("forged"), knowing(Keyed))
		assert.ErrorIs(t, err, ErrJournalSecret)
	}, func(c *Config) { c.Journal, c.JournalSecrets = j, [][]byte{[]byte(secretOne)} })
}

func TestJ17_RecoveryLooksAgainAt(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, j *faultyJournal) {
		orphan(t, w, Keyed)
		rec := stored(t, j)
		rec.Owner, rec.Lease = "", time.Hour
		_, err := j.Save(t.Context(), rec)
		require.NoError(t, err)
		got := w.get()
		assert.False(t, got.Owned)
		assert.WithinDuration(t, time.Now().Add(time.Hour), got.NextRecovery, time.Second)
	})
}

func TestJ14_EraseLeavesTheOutcome(t *testing.T) {
	j := journal.NewMemory()
	inWorld(t, script(lose, says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
		id := journal.RefID("order-1")
		recordErrorOf(t, w.engine.Erase(t.Context(), id), ErrOperationNotFound)
		orphan(t, w, Keyed)
		e := recordErrorOf(t, w.engine.Erase(t.Context(), id), ErrOperationOpen)
		assert.Equal(t, journal.StateOpen, e.State)
		require.NoError(t, w.do(withRef(Keyed)).Err)

		require.NoError(t, w.engine.Erase(t.Context(), id))
		require.NoError(t, w.engine.Erase(t.Context(), id), "twice is once")
		found, ok, err := w.engine.sealed.Load(t.Context(), id)
		require.NoError(t, err)
		require.True(t, ok)
		assert.Nil(t, found.Response)
		assert.Nil(t, found.Body)
		assert.NotEmpty(t, found.Digest)
		assert.NotEqual(t, byte(inTheClear), found.Sealed[0], "the stub is sealed")
		assert.True(t, w.get().Erased)
		assert.Equal(t, journal.StateDone, w.get().State)

		again := w.do(withRef(Keyed))
		assert.Equal(t, OutcomeDone, again.Outcome, "the ref stays done")
		require.ErrorIs(t, again.Err, ErrResponseLost)
		other := withRef(Keyed)
		other.Request.Body = []byte(`{"a":2}`)
		require.ErrorIs(t, w.do(other).Err, ErrRefReused, "its digest tells requests apart")
		assert.EqualValues(t, 2, w.hits.Load())
	}, func(c *Config) { c.Journal, c.JournalSecrets = j, [][]byte{[]byte(secretOne)} })
}

func TestJ14_EraseDropsTheNotes(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		orphan(t, w, Keyed)
		s := madeThing("1")
		s.By, s.Note = "ada", "the client, Mr Babbage, called"
		require.NoError(t, w.resolve(s))
		require.NoError(t, w.engine.Erase(t.Context(), journal.RefID("order-1")))
		got := w.get()
		require.Len(t, got.Resolutions, 1)
		assert.Empty(t, got.Resolutions[0].Note)
		assert.Equal(t, "1", got.Resolutions[0].ID)
		assert.True(t, got.ByPerson)
	})
}

type plainJournal struct{ journal.Journal }

func TestLooking_NeedsAReader(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		require.NoError(t, w.do(withRef(Keyed)).Err)
		_, err := w.engine.List(t.Context(), journal.Filter{}, knowing(Keyed))
		assertInvalid(t, "journal", err)
		assert.Equal(t, journal.StateDone, w.get().State, "one record is read without")
		require.NoError(t, w.engine.Erase(t.Context(), journal.RefID("order-1")))
	}, func(c *Config) { c.Journal = plainJournal{journal.NewMemory()} })
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		for _, err := range []error{
			w.engine.Erase(t.Context(), "x"),
			errorOf(w.engine.List(t.Context(), journal.Filter{}, knowing(Keyed))),
			errorOf(w.engine.Get(t.Context(), "x", knowing(Keyed))),
			errorOf(w.engine.GetMany(t.Context(), nil, knowing(Keyed))),
			errorOf(w.engine.Stats(t.Context())),
		} {
			require.ErrorAs(t, err, new(*InvalidError), "without a journal")
		}
	})
}

func errorOf[T any](_ T, err error) error { return err }

func TestGetMany_TakesMoreThanAPage(t *testing.T) {
	inJournalledWorld(t, says(200, `{}`), func(t *testing.T, w *world, _ *faultyJournal) {
		require.NoError(t, w.do(withRef(Keyed)).Err)
		ids := slices.Repeat([]string{journal.RefID("none")}, journal.MaxLimit)
		many, err := w.engine.GetMany(t.Context(), append(ids, journal.RefID("order-1")), knowing(Keyed))
		require.NoError(t, err)
		assert.Len(t, many, 1)
	})
}
