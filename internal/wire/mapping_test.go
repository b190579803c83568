package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/wire"
)

const code = "ABC12345"

type secret string

func (secret) LogValue() slog.Value { return slog.StringValue("[redacted]") }

type (
	issued struct {
		ID   string
		Code secret
	}
	base struct{ Code secret }
	// embedding has the exported field of an unexported type.
	embedding struct {
		base
		*issued
		Note string
	}
	hiding struct {
		Name string
		code secret
		all  []map[string]secret
	}
	embeddingHiding struct {
		hiding
		At time.Time
	}
	extra map[string]any
)

type issuedNode struct {
	Code       secret
	Prev, Next *issuedNode
}

func (extra) LogValue() slog.Value { return slog.StringValue("[extra]") }

func cyclic() *issuedNode {
	first, second := &issuedNode{Code: code}, &issuedNode{Code: code}
	first.Next, second.Prev = second, first
	return first
}

func nested() map[string]any {
	text := secret(code)
	one := issued{"p1", code}
	pointer := &one
	self := map[string]any{"code": text}
	self["self"] = self
	deep := any(text)
	for range 1000 {
		deep = []any{deep}
	}
	return map[string]any{
		"struct": one, "pointer": &one, "pointer to a secret": &text, "pointer to a pointer": &pointer,
		"slice": []issued{one}, "slice of secrets": []secret{"", text}, "array": [1]*issued{&one},
		"map": map[string]issued{"a": one}, "key of a map": map[secret]int{text: 1},
		"anything": []any{1, map[string]any{"a": &one}}, "embedded": embedding{base{code}, &one, "n"},
		"unexported":                    hiding{"n", code, []map[string]secret{{"a": code}}},
		"unexported of an embedded one": &embeddingHiding{hiding{"n", code, nil}, time.Unix(1, 0)},
		"a cycle":                       cyclic(), "a map in itself": self, "very deep": deep,
		"a card":            map[string]any{"number": secret(code)},
		"what hides itself": struct{ Extra extra }{extra{"a": code}},
	}
}

func TestR23_RedactSecretsCoversEveryDepth(t *testing.T) {
	for name, v := range nested() {
		t.Run("R23_"+name, func(t *testing.T) {
			var log bytes.Buffer
			options := &slog.HandlerOptions{ReplaceAttr: wire.RedactSecrets}
			for _, h := range []slog.Handler{slog.NewJSONHandler(&log, options), slog.NewTextHandler(&log, options)} {
				slog.New(h).Info("seen", "v", v, slog.Group("g", "v", v))
			}
			assert.NotContains(t, log.String(), code)
			assert.NotContains(t, log.String(), "!ERROR", "it is written")
		})
	}
}

// Without the helper the JSON handler writes the secrets, so the rows above can
// fail.
func TestR23_TheJSONHandlerAloneWritesNestedSecrets(t *testing.T) {
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("seen", "v", issued{"p1", code})
	assert.Contains(t, log.String(), code)
}

func TestR23_RedactSecretsKeepsTheRest(t *testing.T) {
	one := &issued{"p1", code}
	shown := wire.RedactSecrets(nil, slog.Any("v", []any{one, embeddingHiding{hiding{"n", code, nil}, time.Unix(1, 0)}}))
	text, err := json.Marshal(shown.Value.Any())
	require.NoError(t, err)
	at, err := json.Marshal(time.Unix(1, 0))
	require.NoError(t, err)
	assert.JSONEq(t, `[{"ID":"p1","Code":"[redacted]"},{"Name":"n","At":`+string(at)+`}]`, string(text))
	assert.Equal(t, secret(code), one.Code, "the caller's value is as it was")

	for _, v := range []any{
		nil, 17, "text", errors.New("e"), (*issued)(nil), []issued(nil), issued{ID: "p1"}, time.Unix(1, 0), map[string]any{"a": 1},
	} {
		assert.Equal(t, slog.AnyValue(v).Any(), wire.RedactSecrets(nil, slog.Any("v", v)).Value.Any(), "%T", v)
	}
	logged := wire.RedactSecrets([]string{"g"}, slog.Any("v", secret(code)))
	assert.Equal(t, "[redacted]", logged.Value.String())
}

// recursive refers to itself in each kind of field.
type recursive struct {
	next  *recursive
	Next  map[string]*recursive
	inner struct{ all []recursive }
	Any   any
}

func TestRedactSecretsTakesRecursiveTypes(t *testing.T) {
	v := &recursive{Next: map[string]*recursive{"a": {Any: secret(code)}}}
	v.next, v.inner.all = v, []recursive{*v}
	text, err := json.Marshal(wire.RedactSecrets(nil, slog.Any("v", v)).Value.Any())
	require.NoError(t, err)
	assert.Contains(t, string(text), "[redacted]")
	assert.NotContains(t, string(text), code)
	wire.RedactSecrets(nil, slog.Any("v", t)) // a large type, much of it recursive
}

// Without the check, a cyclic list would be walked in every order.
func TestRedactSecretsTakesEachNodeOfACycleOnce(t *testing.T) {
	list := cyclic()
	for last := list.Next; len(last.Code) < 20; last = last.Next {
		last.Next = &issuedNode{Code: last.Code + "x", Prev: last}
	}
	text, err := json.Marshal(wire.RedactSecrets(nil, slog.Any("v", list)).Value.Any())
	require.NoError(t, err)
	assert.Equal(t, 14, bytes.Count(text, []byte("[redacted]")))
}

func TestRedactSecretsIsCheapForTypesWithoutSecrets(t *testing.T) {
	attr := slog.Any("v", &struct {
		At   time.Time
		Name string
	}{})
	wire.RedactSecrets(nil, attr)
	assert.Zero(t, testing.AllocsPerRun(100, func() { wire.RedactSecrets(nil, attr) }))
}
