package idem

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

var refusals = map[string]func(*Call){
	"bad header":       func(c *Call) { c.Request.Header = http.Header{"Connection": {"x"}} },
	"bad method":       func(c *Call) { c.Request.Method = "NO TOKEN" },
	"no method":        func(c *Call) { c.Request.Method = "" },
	"bad max attempts": func(c *Call) { c.Policy.MaxAttempts = -1 },
	"bad argument":     func(c *Call) { c.Invalid = errors.New("a bad argument") },
	"bad extra field":  func(c *Call) { c.Invalid, c.Request.Body = errors.New("a bad field"), nil },
	"a ref with a key": func(c *Call) { c.Ref = "order-1" },
	"an invalid ref":   func(c *Call) { c.Ref = "order\x00" },
	"bad text":         func(c *Call) { c.Request.Header = http.Header{"X-Note": {"caf\xe9"}} },
}

func otherRequest() Call {
	c := post(Keyed)
	c.Request.Operation.Name, c.Request.Path, c.Request.Body = "other", "/other", []byte(`{"b":1}`)
	return c
}

func TestR29_ARefusedCallReportsNothingOfAnotherRequest(t *testing.T) {
	for first, want := range map[int]Outcome{200: OutcomeUnknown, 503: OutcomeUnknown, 422: OutcomeRejected} {
		for name, refuse := range refusals {
			t.Run(name, journalledTest(says(first, errorOr(first)), func(t *testing.T, w *world, _ *faultyJournal) {
				done := atMost(1, ofKey(post(Keyed), NewKey()))
				w.do(done)
				c := otherRequest()
				c.Key = done.Key
				refuse(&c)
				r := w.do(c)
				assert.Error(t, r.Err)
				assert.Equal(t, want, r.Outcome)
				assert.Zero(t, r.SafeUntil, "of the other request's key")
				assert.EqualValues(t, 1, w.hits.Load())
			}))
		}
	}
}

func errorOr(status int) string {
	if status == 200 {
		return `{"id":"x"}`
	}
	return errorObject
}

func TestR29_ARefusedCallKeepsWhatIsKnownOfItsOwnRequest(t *testing.T) {
	for name, refuse := range refusals {
		if name == "bad method" || name == "no method" || name == "bad extra field" {
			continue // it is another request then
		}
		t.Run(name, journalledTest(says(200, `{"id":"x"}`), func(t *testing.T, w *world, _ *faultyJournal) {
			c := ofKey(post(Keyed), NewKey())
			require.NoError(t, w.do(c).Err)
			refuse(&c)
			r := w.do(c)
			assert.Equal(t, OutcomeDone, r.Outcome)
			assert.False(t, r.SafeUntil.IsZero())
		}))
	}
}

// A refused call ties its key to nothing: once it is right it may be sent.
func TestR29_ARefusedCallDoesNotBindItsKey(t *testing.T) {
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		c := otherRequest()
		c.Key, c.Policy.MaxAttempts = NewKey(), -1
		require.Equal(t, OutcomeNotSent, w.do(c).Outcome)
		right := ofKey(post(Keyed), c.Key)
		assert.NoError(t, w.do(right).Err)
	})
}

func TestR29_AJournalThatFailsReportsNothingOfAnotherRequest(t *testing.T) {
	rows := map[string]struct {
		plan []fault
		load error
	}{
		"not written":           {plan: []fault{faultNotWritten, faultNotWritten}},
		"in doubt":              {plan: []fault{faultLost}},
		"not written, not read": {plan: []fault{faultNotWritten}, load: errDisk},
	}
	for first, want := range map[int]Outcome{200: OutcomeUnknown, 422: OutcomeRejected} {
		for name, row := range rows {
			t.Run(name, journalledTest(says(first, errorOr(first)), func(t *testing.T, w *world, j *faultyJournal) {
				without := w.newEngine()
				done := ofKey(post(Keyed), NewKey())
				without.Do(context.Background(), done)
				c := otherRequest()
				c.Key = done.Key
				j.plan, j.load = row.plan, row.load
				r := w.do(c)
				assert.ErrorIs(t, r.Err, ErrJournal)
				assert.Equal(t, want, r.Outcome)
				assert.Zero(t, r.SafeUntil)
				assert.EqualValues(t, 1, w.hits.Load())
			}))
		}
	}
}

func TestJ16_ARefThatIsRefusedWasNeverSent(t *testing.T) {
	inJournalledWorld(t, lose, func(t *testing.T, w *world, _ *faultyJournal) {
		c := withRef(Keyed)
		c.Key, c.Policy.MaxAttempts = NewKey(), 1
		assert.Equal(t, OutcomeNotSent, w.do(c).Outcome, "a ref with a new key")
		c.Ref = ""
		require.Equal(t, OutcomeUnknown, w.do(c).Outcome)
		c.Ref = "order-1"
		r := w.do(c)
		assert.Equal(t, OutcomeUnknown, r.Outcome, "the key was sent")
		assert.False(t, r.SafeUntil.IsZero())
		key := usedKey(t, "order-2", time.Now())
		c.Key = key
		assert.Equal(t, OutcomeUnknown, w.do(c).Outcome)
	})
}

func TestR39_ANilContextIsRefusedBeforeAnythingIsRecorded(t *testing.T) {
	var none context.Context
	inJournalledWorld(t, says(200, `{}`), func(t *testing.T, w *world, j *faultyJournal) {
		for want, c := range map[Outcome]Call{OutcomeNotSent: post(Keyed), OutcomeUnknown: withRef(Keyed)} {
			r := w.engine.Do(none, c)
			assert.Equal(t, &InvalidError{Field: "context", Reason: "is nil"}, r.Err)
			assert.Equal(t, want, r.Outcome)
		}
		rd := read()
		assert.Equal(t, OutcomeNotSent, w.engine.Do(none, rd).Outcome)
		for _, err := range w.engine.Recover(none, knowing(Keyed)) {
			assert.Equal(t, errNilContext, err)
		}
		assert.Equal(t, errNilContext, w.engine.Resolve(none, journal.RefID("order-1"), Resolution{}))
		assert.Empty(t, recorded(t, j))
		assert.Zero(t, w.hits.Load())
		assert.NotNil(t, w.events[0].Context())
	})
}

func TestR39_NilPointersAreRefused(t *testing.T) {
	for field, change := range map[string]func(*Config){
		"journal":   func(c *Config) { c.Journal = (*journal.Memory)(nil) },
		"transport": func(c *Config) { c.Transport = (*http.Transport)(nil) },
	} {
		c := Config{Profile: testProfile(), BaseURL: "https://api.example.com"}
		change(&c)
		_, err := New(c)
		assert.Equal(t, &InvalidError{Field: field, Reason: "is a nil pointer"}, err)
	}
}

func TestJ12_AJournalNeedsAVendorsName(t *testing.T) {
	c := Config{Profile: testProfile(), BaseURL: "https://api.example.com"}
	c.Profile.Vendor = ""
	_, err := New(c)
	require.NoError(t, err)
	c.Journal = journal.NewMemory()
	_, err = New(c)
	assert.ErrorContains(t, err, "Profile.Vendor is empty")
}

// A row that was left unfinished would be sent, and its success taken for a
// gateway's.
func TestR33_ARowWithoutASuccessIsRefused(t *testing.T) {
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		c := post(Keyed)
		c.Request.Operation.Success = nil
		r := w.do(c)
		assert.Equal(t, OutcomeNotSent, r.Outcome)
		require.ErrorContains(t, r.Err, "Operation.Success is empty")
		assert.Zero(t, w.hits.Load())
	})
}

func TestJ14_ARowWithoutANameIsNotRecorded(t *testing.T) {
	inJournalledWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world, j *faultyJournal) {
		c := withRef(Keyed)
		c.Request.Operation.Name = ""
		r := w.do(c)
		assert.Equal(t, OutcomeUnknown, r.Outcome, "the ref may be another call's")
		require.ErrorContains(t, r.Err, "Operation.Name is empty")
		assert.Empty(t, recorded(t, j))
		assert.Zero(t, w.hits.Load())
	})
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		c := post(Keyed)
		c.Request.Operation.Name = ""
		assert.NoError(t, w.do(c).Err)
	})
}
