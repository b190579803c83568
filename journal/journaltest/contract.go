package journaltest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// contractCases check the contract of Load and Save.
var contractCases = []testCase{
	{"J1_what is saved is read, field by field", roundTrip},
	{"J1_the journal keeps nothing of the caller's", noSharing},
	{"J3_a save finds its version or writes nothing", versions},
	{"J1_a cancelled save reports the truth", cancelled},
}

func roundTrip(b *bench) {
	j := b.Journal()
	assert.False(b.t, b.has(j, "ref:none"))
	rows := map[string]func(*journal.Record){
		"everything": func(r *journal.Record) {
			r.Generation, r.Owner, r.Lease, r.Resource, r.Scope = 7, "o", hold, "booking/1", "s"
		},
		"only an id":   func(r *journal.Record) { *r = journal.Record{ID: r.ID} },
		"not sent":     func(r *journal.Record) { r.Outcome = journal.OutcomeNotSent },
		"rejected":     func(r *journal.Record) { r.Outcome = journal.OutcomeRejected },
		"done":         func(r *journal.Record) { r.Outcome = journal.OutcomeDone },
		"reserved":     func(r *journal.Record) { r.Reserved = true },
		"due later":    func(r *journal.Record) { r.Lease = hold },
		"binary":       func(r *journal.Record) { r.Sealed = []byte{0, 255, '\'', '"', 0, '\\', 0x80, '\n'} },
		"large":        func(r *journal.Record) { r.Sealed = []byte(strings.Repeat("\x00a", 1<<20)) },
		"odd letters":  func(r *journal.Record) { r.ID = oddLetters },
		"long ref":     func(r *journal.Record) { r.ID = longest() },
		"old":          func(r *journal.Record) { r.Since = time.Date(2001, 2, 3, 4, 5, 6, 123456000, time.UTC) },
		"another zone": func(r *journal.Record) { r.Since = r.Since.In(time.FixedZone("", 3600)) },
		"lease over":   func(r *journal.Record) { r.Owner, r.Lease = "o", -time.Second },
		"age given":    func(r *journal.Record) { r.Age = time.Hour },
	}
	for name, change := range rows {
		rec := orphan("ref:" + name + " 'Ü'\t")
		change(&rec)
		rec = b.Save(j, rec)
		got := b.Load(j, rec.ID)
		assert.Less(b.t, got.Age, time.Hour, "ignored when saved")
		rec.Age = 0
		assertRecord(b.t, rec, got)
		for _, write := range []func(*journal.Record){progress, nextOperation} {
			write(&rec)
			rec = b.Save(j, rec)
			assertRecord(b.t, rec, b.Load(j, rec.ID))
		}
	}
}

const oddLetters = "ref:'; -- \"Ü\" %s \\ 日本 \t\n" //nolint:gosmopolitan // as meant

// longest returns the longest possible name, of letters that do not compress.
func longest() string {
	text := make([]byte, 512)
	_, _ = rand.Read(text) // never fails
	return "ref:" + hex.EncodeToString(text)
}

// progress changes everything that one operation's writes may change.
func progress(r *journal.Record) {
	r.Owner, r.Lease, r.Outcome, r.Reserved = "another owner", hold/2, journal.OutcomeDone, false
	r.Resource, r.Sealed = "made by "+r.ID, []byte("answer")
}

// nextOperation changes everything but the name.
func nextOperation(r *journal.Record) {
	*r = journal.Record{
		ID: r.ID, Version: r.Version, Generation: r.Generation + 1,
		Operation: "book", Key: "next key", Since: time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC),
		Owner: "next owner", Lease: hold,
		Resource: "next by " + r.ID, Scope: "next scope", Sealed: []byte("next request"),
	}
}

func noSharing(b *bench) {
	j := b.Journal()
	text := []byte("sealed")
	rec := orphan("ref:1")
	rec.Sealed = text
	b.Save(j, rec)
	text[0] = 'X'
	read := b.Load(j, rec.ID)
	assert.Equal(b.t, "sealed", string(read.Sealed))
	read.Sealed[0] = 'Y'
	assert.Equal(b.t, "sealed", string(b.Load(j, rec.ID).Sealed))
}

func versions(b *bench) {
	j := b.Journal()
	refused := func(rec journal.Record, why string) {
		ok, err := j.Save(b.t.Context(), rec)
		require.NoError(b.t, err)
		assert.False(b.t, ok, why)
	}
	first := orphan("ref:1")
	first.Version = 3
	refused(first, "there is none to replace")
	assert.False(b.t, b.has(j, first.ID))

	first.Version = 0
	second := b.Save(j, first)
	refused(first, "there is one already")
	third := second
	third.Owner = "another"
	third = b.Save(j, third)
	for _, version := range []int64{0, 1, 3} {
		second.Version = version
		refused(second, "another version")
		next := second
		nextOperation(&next)
		refused(next, "another version")
	}
	assertRecord(b.t, third, b.Load(j, first.ID))
}

func cancelled(b *bench) {
	j := b.Journal()
	ctx, cancel := context.WithCancel(b.t.Context())
	cancel()
	rec := orphan("ref:1")
	ok, err := j.Save(ctx, rec)
	if errors.Is(err, journal.ErrNotCommitted) {
		require.ErrorIs(b.t, err, context.Canceled)
	} else {
		require.NoError(b.t, err, "nothing was begun, so nothing is in doubt")
	}
	assert.Equal(b.t, ok, b.has(j, rec.ID))
}
