package idem

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestJ2_ARequestIsTheSameInAllItsParts(t *testing.T) {
	one := entry{
		Record:  Record{Operation: "op", Method: "POST", Path: "/op"},
		payload: payload{Digest: digest(url.Values{"q": {"1"}}, []byte(`{"a":1}`))},
	}
	assert.True(t, one.same(one))
	for name, change := range map[string]func(*entry){
		"operation": func(e *entry) { e.Operation = "another" },
		"method":    func(e *entry) { e.Method = "PUT" },
		"path":      func(e *entry) { e.Path = "/another" },
		"query":     func(e *entry) { e.Digest = digest(url.Values{"q": {"2"}}, []byte(`{"a":1}`)) },
		"body":      func(e *entry) { e.Digest = digest(url.Values{"q": {"1"}}, []byte(`{"a":2}`)) },
	} {
		another := one
		change(&another)
		assert.False(t, one.same(another), name)
	}
}

func TestJ2_NumbersAreComparedToTheLetter(t *testing.T) {
	for one, another := range map[string]string{
		`{"id":9007199254740993}`: `{"id":9007199254740992}`, // the same in floating point
		`{"amount":1.0}`:          `{"amount":1}`,
	} {
		assert.NotEqual(t, digest(nil, []byte(one)), digest(nil, []byte(another)), "%s and %s", one, another)
	}
}

func TestRef_IsATextThatADatabaseCanKeep(t *testing.T) {
	inWorld(t, says(200, "{}"), func(t *testing.T, w *world) {
		for ref, bad := range map[string]bool{"order-1": false, "Bestellung äöü": false, "a\x00b": true, "\xff": true} {
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
	}, func(c *Config) { c.Journal = NewMemoryJournal() })
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

func TestJ9_ASealThatIsTooShort(t *testing.T) {
	s := sealOf(t, "secret")
	whole := s.close("id", []byte("text"))
	for n := range whole {
		_, err := s.open("id", whole[:n])
		assert.Error(t, err, "%d of %d bytes", n, len(whole))
	}
	text, err := s.open("id", whole)
	require.NoError(t, err)
	assert.Equal(t, "text", string(text))
}
