package journaltest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// sealCases: what is personal cannot be read in the store (J9).
var sealCases = []testCase{
	{"J9_what is personal cannot be read in the store", unreadable},
	{"J9_without a secret it can be read", readable},
	{"J9_a wrong key says so and loses nothing", wrongKey},
	{"J14_with a secret a record in the clear is refused", inTheClear},
	{"J14_a changed record is refused", changed},
	{"J15_many records that cannot be opened hide none that is due", amongOthers},
}

// personal is an order in whose every part a person can be found.
func personal(ref string) idem.Call {
	c := order(ref)
	c.Request.Path = "/passes/of/ada"
	c.Request.Body = []byte(`{"order":"Ada Lovelace"}`)
	c.Request.Query = url.Values{"phone": {"555-0199"}}
	c.Request.Header = http.Header{"X-Email": {"ada@example.com"}}
	return c
}

// traces finds in the store what personal orders and their answers hold, in the
// clear or as JSON writes bytes.
func (b *bench) traces(answer []byte) []string {
	raw := b.Raw()
	require.Contains(b.t, string(raw), "order-1", "the store was searched")
	var found []string
	for _, text := range [][]byte{
		personal("").Request.Body, answer, []byte("of/ada"), []byte("555-0199"), []byte("ada@example.com"),
	} {
		coded := base64.StdEncoding.EncodeToString(text)
		if bytes.Contains(raw, text) || bytes.Contains(raw, []byte(coded)) {
			found = append(found, string(text))
		}
	}
	return found
}

// orders runs one operation that is done, and leaves another open.
func (s *server) orders(done, open string, secrets ...string) (answer []byte) {
	b := s.b
	r := s.engine(b.open(), secrets...).Do(b.t.Context(), personal(done))
	require.NoError(b.t, r.Err)
	s.loseNext(func() {})
	left := s.engine(b.open(), secrets...).Do(b.t.Context(), personal(open))
	require.Equal(b.t, idem.OutcomeUnknown, left.Outcome)
	return r.Response.Body
}

func unreadable(b *bench) {
	s := b.serve()
	assert.Empty(b.t, b.traces(s.orders("order-1", "order-2", "secret")))
}

func readable(b *bench) {
	s := b.serve()
	assert.Len(b.t, b.traces(s.orders("order-1", "order-2")), 5)
}

// inTheClear: a record that an engine without the secret could have written sends
// nothing, and is not taken for an absent one.
func inTheClear(b *bench) {
	s := b.serve()
	s.abandon("order-1", "secret")
	b.Pass(hold + time.Second)
	j := b.open()
	forged := b.load(j, "ref:order-1")
	forged.Sealed = append([]byte{0}, `{"method":"POST","path":"/passes","body":"e30="}`...)
	b.save(j, forged)
	s.assertRefused(j, 1)
}

// changed: what the engine believes of a record cannot be edited.
func changed(b *bench) {
	s := b.serve()
	require.NoError(b.t, s.engine(b.open(), "secret").Do(b.t.Context(), order("order-1")).Err)
	j := b.open()
	for name, change := range map[string]func(*journal.Record){
		"outcome":    func(r *journal.Record) { r.Outcome = journal.OutcomeRejected },
		"operation":  func(r *journal.Record) { r.Operation = "another" },
		"key":        func(r *journal.Record) { r.Key += "0" },
		"generation": func(r *journal.Record) { r.Generation++ },
		"since":      func(r *journal.Record) { r.Since = r.Since.Add(time.Hour) },
		"reserved":   func(r *journal.Record) { r.Reserved = true },
	} {
		stored := b.load(j, "ref:order-1")
		edited := stored
		change(&edited)
		edited = b.save(j, edited)
		if !isStored(edited, b.load(j, edited.ID)) {
			continue // a journal need not write what never changes within a generation
		}
		r := s.engine(j, "secret").Do(b.t.Context(), order("order-1"))
		require.ErrorIs(b.t, r.Err, idem.ErrJournalSecret, name)
		assert.Equal(b.t, idem.OutcomeUnknown, r.Outcome, name)
		stored.Version = edited.Version
		b.save(j, stored)
	}
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1})
	r := s.engine(j, "secret").Do(b.t.Context(), order("order-1"))
	require.NoError(b.t, r.Err)
	assert.True(b.t, r.FromJournal)
}

// isStored reports whether the journal has written what an operation is.
func isStored(saved, stored journal.Record) bool {
	return saved.Operation == stored.Operation && saved.Key == stored.Key && saved.Since.Equal(stored.Since)
}

// assertRefused: neither a call nor a recovery sends order-1, which was executed so
// many times.
func (s *server) assertRefused(j journal.Journal, executed int) {
	b := s.b
	e := s.engine(j, "secret")
	r := e.Do(b.t.Context(), order("order-1"))
	require.ErrorIs(b.t, r.Err, idem.ErrJournalSecret)
	assert.Equal(b.t, idem.OutcomeUnknown, r.Outcome)
	with := idem.Recovery{Operation: func(string) (idem.Operation, bool) { return issue, true }}
	for _, err := range e.Recover(b.t.Context(), with) {
		require.ErrorIs(b.t, err, idem.ErrJournalSecret)
	}
	s.assertExecuted(map[string]int{bodyOf("order-1"): executed})
}

func wrongKey(b *bench) {
	s := b.serve()
	s.abandon("order-1", "secret")
	b.Pass(hold + time.Second)
	j := b.open()
	before := b.load(j, "ref:order-1")
	r := s.engine(j, "another").Do(b.t.Context(), order("order-1"))
	require.ErrorIs(b.t, r.Err, idem.ErrJournalSecret)
	assert.Equal(b.t, idem.OutcomeUnknown, r.Outcome)
	assertRecord(b.t, before, b.load(j, "ref:order-1"))

	r = s.engine(j, "new", "secret").Do(b.t.Context(), order("order-1"))
	require.NoError(b.t, r.Err, "the secret before a rotation is accepted")
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1})
}

// amongOthers: a recovery finds the one record that it can open, also when its second
// attempt becomes due behind all others.
func amongOthers(b *bench) {
	const others = 600 // more than two batches
	s := b.serve()
	j := b.open()
	crowd(others, func(i int) bool {
		saved, err := j.Save(b.t.Context(), orphan(fmt.Sprintf("ref:other %03d", i)))
		return assert.NoError(b.t, err) && assert.True(b.t, saved)
	})
	s.abandon("order-1", "secret")
	b.Pass(hold + time.Second)
	s.loseNext(func() {})
	unopened, refs := 0, []string{}
	with := idem.Recovery{Operation: func(string) (idem.Operation, bool) { return issue, true }}
	for r, err := range s.engine(j, "secret").Recover(b.t.Context(), with) {
		if err != nil {
			require.ErrorIs(b.t, err, idem.ErrJournalSecret)
			unopened++
			continue
		}
		assert.Equal(b.t, idem.OutcomeDone, r.Result.Outcome)
		refs = append(refs, r.Pending.Ref)
	}
	assert.Equal(b.t, []string{"order-1"}, refs)
	assert.Equal(b.t, others, unopened, "each is reported once")
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1})
}
