package sdk

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

func TestR23_CredentialsAreRedacted(t *testing.T) {
	c := NewCredentials()
	assert.Equal(t, "bad key k-1234", c.Redact("bad key k-1234"), "not learned yet")
	c.Learn("k-1234")
	c.Learn("k-1234")
	c.Learn("a+b/c=")
	c.Learn("abc") // is in any text
	assert.Equal(t, "bad key [redacted]!", c.Redact("bad key k-1234!"))
	assert.Equal(t, "[redacted] [redacted] abc", c.Redact("a+b/c= a%2Bb%2Fc%3D abc"))
	for i := range maxCredentials {
		c.Learn(fmt.Sprintf("rotated-%d", i))
	}
	assert.Equal(t, "k-1234 [redacted]", c.Redact("k-1234 rotated-7"), "the newest are remembered")
}

type foreignError struct{ text string }

func (e *foreignError) Error() string { return e.text }

func TestR23_AnErrorThatShowsACredentialIsReplaced(t *testing.T) {
	c := NewCredentials()
	c.Learn("k-1234")
	foreign := &foreignError{"malformed header: Bearer k-1234"}
	for name, err := range map[string]error{
		"alone":   foreign,
		"wrapped": fmt.Errorf("call: %w", errors.Join(fs.ErrNotExist, fmt.Errorf("read: %w", foreign))),
		"beneath": &treeError{text: "connection reset", cause: foreign},
	} {
		shown := RedactError(err, c.Redact)
		for at := shown; at != nil; at = errors.Unwrap(at) {
			assert.NotContains(t, fmt.Sprintf("%v %+v %#v", at, at, at), "k-1234", name)
		}
		assert.NoError(t, errors.Unwrap(shown))
		var found *foreignError
		require.ErrorAs(t, shown, &found, name)
		assert.Same(t, foreign, found, "for errors.As")
		assert.ErrorIs(t, shown, foreign)
		assert.Equal(t, errors.Is(err, fs.ErrNotExist), errors.Is(shown, fs.ErrNotExist))
		assert.Equal(t, c.Redact(err.Error()), shown.Error())
	}
	sound := fmt.Errorf("call: %w", fs.ErrNotExist)
	assert.Same(t, sound, RedactError(sound, c.Redact), "the others stay as they are")
	assert.NoError(t, RedactError(nil, c.Redact))
}

type treeError struct {
	text  string
	cause error
}

func (f *treeError) Error() string   { return f.text }
func (f *treeError) Unwrap() []error { return []error{f.cause, nil} }

func TestSettingErrorsNameTheOption(t *testing.T) {
	s := Settings{BaseFrom: "BASE"}
	bad := func(field string) error { return &idem.InvalidError{Field: field, Reason: "is bad"} }
	for want, err := range map[string]error{
		"BASE: base URL is bad":                    s.engineError(bad("base URL")),
		"WithJournalSecret: journal secret is bad": s.engineError(bad("journal secret")),
		"WithRetryPolicy: AttemptTimeout is bad":   s.engineError(bad("AttemptTimeout")),
		"a disk":                                   s.engineError(errors.New("a disk")),
		"WithX: field is bad":                      OptionError("WithX", bad("field")),
	} {
		assert.EqualError(t, err, want)
	}
	var pointer *foreignError
	var function func()
	for _, v := range []any{nil, pointer, function, map[string]int(nil), error(pointer)} {
		assert.True(t, IsNil(v))
	}
	for _, v := range []any{0, "", &foreignError{}, struct{}{}, func() {}} {
		assert.False(t, IsNil(v))
	}
}
