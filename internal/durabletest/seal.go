package durabletest

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
	"github.com/bardge/bardge-go/internal/storetest"
	"github.com/bardge/bardge-go/journal"
)

// sealCases: personal data is not readable in the store (J9).
var sealCases = []testCase{
	{"J9_what is personal cannot be read in the store", unreadable},
	{"J9_without a secret it can be read", readable},
	{"J9_a wrong key is reported and loses nothing", wrongKey},
	{"J14_with a secret a record in the clear is refused", inTheClear},
	{"J14_a changed record is refused", changed},
	{"J15_many records that cannot be opened hide none that is due", amongOthers},
}

// personal is an order with personal data in every part.
func personal(ref string) idem.Call {
	c := order(ref)
	c.Request.Path = "/passes/of/ada"
	c.Request.Body = []byte(`{"order":"Ada Lovelace"}`)
	c.Request.Query = url.Values{"phone": {"555-0199"}}
	c.Request.Header = http.Header{"X-Email": {"ada@example.com"}}
	return c
}

// traces finds the data of personal orders and their responses in the store,
// plain or as JSON encodes bytes.
func (f *fixture) traces(answer []byte) []string {
	raw := f.Raw()
	require.Contains(f.t, string(raw), "order-1", "the store was searched")
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
	f := s.f
	r := s.engine(f.Journal(), secrets...).Do(f.t.Context(), personal(done))
	require.NoError(f.t, r.Err)
	s.loseNext(func() {})
	left := s.engine(f.Journal(), secrets...).Do(f.t.Context(), personal(open))
	require.Equal(f.t, idem.OutcomeUnknown, left.Outcome)
	return r.Response.Body
}

func unreadable(f *fixture) {
	s := f.serve()
	assert.Empty(f.t, f.traces(s.orders("order-1", "order-2", "secret")))
}

func readable(f *fixture) {
	s := f.serve()
	assert.Len(f.t, f.traces(s.orders("order-1", "order-2")), 5)
}

// inTheClear: a record that an engine without the secret could have written
// causes no request, and does not count as absent.
func inTheClear(f *fixture) {
	s := f.serve()
	s.abandon("secret")
	f.Pass(lease + time.Second)
	j := f.Journal()
	forged := f.Load(j, "ref:order-1")
	forged.Sealed = append([]byte{0}, `{"method":"POST","path":"/passes","body":"e30="}`...)
	f.Save(j, forged)
	s.assertRefused(j, 1)
}

// changed: a record's fields that the engine relies on cannot be edited.
func changed(f *fixture) {
	s := f.serve()
	require.NoError(f.t, s.engine(f.Journal(), "secret").Do(f.t.Context(), order("order-1")).Err)
	j := f.Journal()
	for name, change := range map[string]func(*journal.Record){
		"outcome":    func(r *journal.Record) { r.Outcome = journal.OutcomeRejected },
		"operation":  func(r *journal.Record) { r.Operation = "another" },
		"key":        func(r *journal.Record) { r.Key += "0" },
		"generation": func(r *journal.Record) { r.Generation++ },
		"since":      func(r *journal.Record) { r.Since = r.Since.Add(time.Hour) },
		"reserved":   func(r *journal.Record) { r.Reserved = true },
	} {
		stored := f.Load(j, "ref:order-1")
		edited := stored
		change(&edited)
		edited = f.Save(j, edited)
		if !isStored(edited, f.Load(j, edited.ID)) {
			continue // a journal need not write what never changes within a generation
		}
		r := s.engine(j, "secret").Do(f.t.Context(), order("order-1"))
		require.ErrorIs(f.t, r.Err, idem.ErrJournalSecret, name)
		assert.Equal(f.t, idem.OutcomeUnknown, r.Outcome, name)
		stored.Version = edited.Version
		f.Save(j, stored)
	}
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1})
	r := s.engine(j, "secret").Do(f.t.Context(), order("order-1"))
	require.NoError(f.t, r.Err)
	assert.True(f.t, r.FromJournal)
}

// isStored reports whether the journal has written the operation's fixed
// fields.
func isStored(saved, stored journal.Record) bool {
	return saved.Operation == stored.Operation && saved.Key == stored.Key && saved.Since.Equal(stored.Since)
}

// assertRefused: neither a call nor a recovery sends order-1, which was
// executed so many times.
func (s *server) assertRefused(j journal.Journal, executed int) {
	f := s.f
	e := s.engine(j, "secret")
	r := e.Do(f.t.Context(), order("order-1"))
	require.ErrorIs(f.t, r.Err, idem.ErrJournalSecret)
	assert.Equal(f.t, idem.OutcomeUnknown, r.Outcome)
	with := idem.Recovery{Operation: func(string) (idem.Operation, bool) { return issue, true }}
	for _, err := range e.Recover(f.t.Context(), with) {
		require.ErrorIs(f.t, err, idem.ErrJournalSecret)
	}
	s.assertExecuted(map[string]int{bodyOf("order-1"): executed})
}

func wrongKey(f *fixture) {
	s := f.serve()
	s.abandon("secret")
	f.Pass(lease + time.Second)
	j := f.Journal()
	before := f.Load(j, "ref:order-1")
	r := s.engine(j, "another").Do(f.t.Context(), order("order-1"))
	require.ErrorIs(f.t, r.Err, idem.ErrJournalSecret)
	assert.Equal(f.t, idem.OutcomeUnknown, r.Outcome)
	f.assertSame(before, f.Load(j, "ref:order-1"))

	r = s.engine(j, "new", "secret").Do(f.t.Context(), order("order-1"))
	require.NoError(f.t, r.Err, "the secret before a rotation is accepted")
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1})
}

// amongOthers: a recovery finds the one record that it can open, even when its
// second attempt becomes due after all others.
func amongOthers(f *fixture) {
	const others = 600 // more than two batches
	s := f.serve()
	j := f.Journal()
	storetest.Concurrently(others, func(i int) bool {
		saved, err := j.Save(f.t.Context(), journal.Record{
			ID: fmt.Sprintf("ref:other %03d", i), Generation: 1, Operation: "issue", Since: time.Now(),
		})
		return assert.NoError(f.t, err) && assert.True(f.t, saved)
	})
	s.abandon("secret")
	f.Pass(lease + time.Second)
	s.loseNext(func() {})
	unopened, refs := 0, []string{}
	with := idem.Recovery{Operation: func(string) (idem.Operation, bool) { return issue, true }}
	for r, err := range s.engine(j, "secret").Recover(f.t.Context(), with) {
		if err != nil {
			require.ErrorIs(f.t, err, idem.ErrJournalSecret)
			unopened++
			continue
		}
		assert.Equal(f.t, idem.OutcomeDone, r.Result.Outcome)
		refs = append(refs, r.Pending.Ref)
	}
	assert.Equal(f.t, []string{"order-1"}, refs)
	assert.Equal(f.t, others, unopened, "each is reported once")
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1})
}
