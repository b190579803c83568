package journaltest

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/url"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

// sealCases: what is personal cannot be read in the store (J9).
var sealCases = []testCase{
	{"J9_what is personal cannot be read in the store", unreadable},
	{"J9_without a secret it can be", readable},
	{"J9_a wrong key says so and loses nothing", wrongKey},
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
	return r.Answer.Body
}

func unreadable(b *bench) {
	s := b.serve()
	sealed := s.orders("order-1", "order-2", "the first secret")
	assert.Empty(b.t, b.traces(sealed))
}

// readable shows that unreadable looks in the right place.
func readable(b *bench) {
	s := b.serve()
	assert.Len(b.t, b.traces(s.orders("order-1", "order-2")), 5)
}

func wrongKey(b *bench) {
	s := b.serve()
	s.abandon("order-1", "the first secret")
	b.Pass(hold + time.Second)
	j := b.open()
	before := b.load(j, "ref:order-1")
	r := s.engine(j, "yet another secret").Do(b.t.Context(), order("order-1"))
	require.ErrorIs(b.t, r.Err, idem.ErrJournalSecret)
	assert.Equal(b.t, idem.OutcomeUnknown, r.Outcome)
	assertRecord(b.t, before, b.load(j, "ref:order-1"))

	r = s.engine(j, "the second secret", "the first secret").Do(b.t.Context(), order("order-1"))
	require.NoError(b.t, r.Err, "the secret before a rotation is accepted")
	s.assertExecuted(map[string]int{bodyOf("order-1"): 1})
}
