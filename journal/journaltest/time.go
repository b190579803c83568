package journaltest

import (
	"context"
	"errors"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

const day = 24 * time.Hour

// timeCases: what is kept for how long.
var timeCases = []testCase{
	{"J6_what was saved is there after reopening", reopened},
	{"J3_a lease runs out by the store's clock", leaseRunsOut},
	{"J8_age counts from the intent", age},
	{"J10_retention removes settled records only", retention},
}

func reopened(b *bench) {
	j := b.Journal()
	first := b.Save(j, owned("ref:1"))
	second := b.Save(j, settled("ref:2", journal.OutcomeDone))
	second = b.Save(j, second)
	j = b.Reopen(j)
	assertRecord(b.t, first, b.Load(j, "ref:1"))
	assertRecord(b.t, second, b.Load(j, "ref:2"))
	assertRecord(b.t, second, b.Load(b.Journal(), "ref:2"))
	b.Save(j, first)
}

func leaseRunsOut(b *bench) {
	j := b.Journal()
	rec := b.Save(j, owned("ref:1"))
	b.Pass(hold / 2)
	assert.LessOrEqual(b.t, b.Load(j, "ref:1").Lease, hold/2)
	rec = b.Save(j, rec)
	b.Pass(hold * 3 / 4)
	assert.Positive(b.t, b.Load(j, "ref:1").Lease, "it was renewed")
	j = b.Reopen(j)
	b.Pass(hold / 2)
	got := b.Load(j, "ref:1")
	assert.LessOrEqual(b.t, got.Lease, time.Duration(0))
	assert.Equal(b.t, rec.Owner, got.Owner)
}

// age: a store with its own clock reports the age of the intent, another
// reports nothing.
func age(b *bench) {
	j := b.Journal()
	ageOf := func(atLeast time.Duration) {
		b.t.Helper()
		got := b.Load(j, "ref:1").Age
		if got != 0 {
			assert.GreaterOrEqual(b.t, got, atLeast)
			assert.Less(b.t, got, atLeast+time.Hour)
		}
	}
	rec := b.Save(j, owned("ref:1"))
	b.Pass(2 * time.Hour)
	ageOf(2 * time.Hour)
	rec = b.Save(j, rec)
	ageOf(2 * time.Hour)
	rec.Outcome = journal.OutcomeNotSent
	rec = b.Save(j, rec)
	ageOf(2 * time.Hour)
	rec.Outcome, rec.Since = journal.OutcomeUnknown, time.Now()
	rec.Generation++
	b.Save(j, rec)
	ageOf(0)
}

func retention(b *bench) {
	kept := b.retention
	if kept == 0 {
		kept = 365 * day
	}
	j := b.Journal()
	if k, ok := j.(journal.Keeper); ok && b.retention > 0 {
		assert.Equal(b.t, b.retention, k.Keeps(), "it keeps its records for as long as it says")
	}
	ended := map[string]journal.Outcome{
		"ref:not sent": journal.OutcomeNotSent, "ref:rejected": journal.OutcomeRejected,
		"ref:done": journal.OutcomeDone,
	}
	for id, o := range ended {
		b.Save(j, settled(id, o))
	}
	open := owned("ref:open")
	open.Scope = "ada/yoga"
	open = b.Save(j, open)
	near, far := settled("ref:near", journal.OutcomeDone), settled("ref:far", journal.OutcomeDone)
	near.Scope, far.Scope = "ada/pilates", "ada/yoga"
	near.Since, far.Since = near.Since.Add(59*time.Minute), far.Since.Add(-61*time.Minute)
	b.Save(j, near)
	b.Save(j, far)
	before, after := settled("ref:before", journal.OutcomeDone), settled("ref:after", journal.OutcomeDone)
	before.Scope, after.Scope = "ada/pilates", "ada/yoga"
	before.Since, after.Since = before.Since.Add(-59*time.Minute), after.Since.Add(62*time.Minute)
	b.Save(j, before)
	b.Save(j, after)
	ended["ref:far"], ended["ref:after"] = journal.OutcomeDone, journal.OutcomeDone
	rewritten := b.Save(j, settled("ref:rewritten", journal.OutcomeDone))
	b.Pass(kept / 2)
	rewritten = b.Save(j, rewritten)
	b.Pass(kept/2 + time.Minute)
	j = b.Reopen(j)
	b.Save(j, orphan("ref:new"))
	for id := range ended {
		if b.retention == 0 {
			assert.True(b.t, b.has(j, id), id)
			continue
		}
		require.Eventually(b.t, func() bool {
			_, ok, err := j.Load(context.Background(), id)
			return err == nil && !ok
		}, 10*time.Second, time.Millisecond, id)
	}
	assert.True(b.t, b.has(j, "ref:near"), "it shows who made what, while another one of its time is open")
	assert.True(b.t, b.has(j, "ref:before"), "whichever was first")
	assertRecord(b.t, rewritten, b.Load(j, "ref:rewritten"))
	open.Lease = 0
	assertRecord(b.t, open, b.Load(j, "ref:open"))
}

// failedWrite: a failed write is stored as a whole or not at all, and certainly
// not where the journal reports so. The store works again afterwards.
func failedWrite(b *bench, fault string) {
	j := b.Journal()
	rec := b.Save(j, owned("ref:1"))
	repair := b.Break(fault)
	changed := rec
	changed.Outcome, changed.Owner, changed.Lease = journal.OutcomeDone, "", 0
	ok, err := j.Save(b.t.Context(), changed)
	require.Error(b.t, err)
	assert.False(b.t, ok)
	repair()
	changed.Version++
	for range 2 {
		got := b.Load(j, "ref:1")
		if errors.Is(err, journal.ErrNotCommitted) || got.Version == rec.Version {
			assertRecord(b.t, rec, got)
		} else {
			assertRecord(b.t, changed, got)
		}
		j = b.Reopen(j)
	}
	got := b.Load(j, "ref:1")
	got.Outcome, got.Owner = journal.OutcomeDone, ""
	b.Save(j, got)
	assert.Equal(b.t, journal.OutcomeDone, b.Load(b.Reopen(j), "ref:1").Outcome)
}
