package idem

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

func TestJ2_ARequestIsTheSameInAllItsParts(t *testing.T) {
	entryOf := func(change func(*Request)) entry {
		r := Request{
			Operation: Operation{Name: "op"}, Method: "POST", Path: "/op",
			Query: url.Values{"q": {"1"}}, Body: []byte(`{"a":1}`),
		}
		change(&r)
		return entry{Record: journal.Record{Operation: r.Operation.Name}, payload: payload{Digest: digest(r)}}
	}
	one := entryOf(func(*Request) {})
	assert.True(t, one.same(entryOf(func(r *Request) { r.Body = []byte(` { "a" : 1 } `) })))
	for name, change := range map[string]func(*Request){
		"operation": func(r *Request) { r.Operation.Name = "another" },
		"method":    func(r *Request) { r.Method = "PUT" },
		"path":      func(r *Request) { r.Path = "/another" },
		"query":     func(r *Request) { r.Query = url.Values{"q": {"2"}} },
		"body":      func(r *Request) { r.Body = []byte(`{"a":2}`) },
	} {
		assert.False(t, one.same(entryOf(change)), name)
	}
}

func TestJ2_NumbersAreComparedToTheLetter(t *testing.T) {
	for one, another := range map[string]string{
		`{"id":9007199254740993}`: `{"id":9007199254740992}`, // the same in floating point
		`{"amount":1.0}`:          `{"amount":1}`,
	} {
		assert.NotEqual(t, digest(Request{Body: []byte(one)}), digest(Request{Body: []byte(another)}),
			"%s and %s", one, another)
	}
}

func TestRef_IsPartOfTheRecordsName(t *testing.T) {
	for id, ref := range map[string]string{
		journal.RefID("order-1"): "order-1", journal.RefID("key:1"): "key:1", journal.KeyID("ref:1"): "", journal.KeyID("1"): "", "call:1": "",
	} {
		assert.Equal(t, ref, journal.Record{ID: id}.Ref(), id)
	}
}

func TestRef_IsATextThatADatabaseCanKeep(t *testing.T) {
	inWorld(t, says(200, "{}"), func(t *testing.T, w *world) {
		for ref, bad := range map[string]bool{
			"order-1": false, "Bestellung äöü": false, "a\x00b": true, "\xff": true,
			strings.Repeat("x", 1024): false, strings.Repeat("x", 1025): true,
		} {
			c := post(Keyed)
			c.Ref = ref
			err := w.do(c).Err
			if !bad {
				require.NoError(t, err)
				continue
			}
			var invalid *InvalidError
			require.ErrorAs(t, err, &invalid, "%q", ref)
			assert.Equal(t, "ref", invalid.Field)
			assert.NotContains(t, err.Error(), ref)
		}
	}, func(c *Config) { c.Journal = journal.NewMemory() })
}

func TestR6_AKeyThatTheProfileDoesNotTakeIsNotSent(t *testing.T) {
	inWorld(t, says(200, "{}"), func(t *testing.T, w *world) {
		c := post(Keyed)
		c.Key = freshKey(t, strings.Repeat("k", 256))
		var invalid *InvalidError
		require.ErrorAs(t, w.do(c).Err, &invalid)
		assert.Equal(t, "idempotency key", invalid.Field)
		assert.Zero(t, w.hits.Load())
	})
}
