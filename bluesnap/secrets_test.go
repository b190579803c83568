package bluesnap

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ofMyOwn is a caller's type, which a logger or a store encodes as JSON.
type ofMyOwn struct {
	Order string           `json:"order"`
	Paid  map[string][]any `json:"paid"`
}

// A card's number is in no JSON, whatever is around it. What Extra holds is: it may be
// all that a program needs of an answer.
func TestR23_NoJSONCarriesASecret(t *testing.T) {
	for name, typ := range typesOfMethods() {
		if typ == extraType {
			continue
		}
		t.Run(name, func(t *testing.T) {
			v := withoutExtra(filled(typ)).Interface()
			text, err := json.Marshal(ofMyOwn{"order-17", map[string][]any{"a": {v, &v}}})
			require.NoError(t, err)
			assert.NotContains(t, string(text), canary)
		})
	}
}

// withoutExtra empties the Extra fields of a value.
func withoutExtra(v reflect.Value) reflect.Value {
	switch {
	case v.Type() == extraType:
		v.SetZero()
	case v.Kind() == reflect.Pointer && !v.IsNil():
		withoutExtra(v.Elem())
	case v.Kind() == reflect.Slice && v.Type().Elem().PkgPath() == extraType.PkgPath():
		for i := range v.Len() {
			withoutExtra(v.Index(i))
		}
	case v.Kind() == reflect.Struct && v.Type().PkgPath() == extraType.PkgPath():
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				withoutExtra(v.Field(i))
			}
		}
	}
	return v
}

func TestR23_RedactSecretsHidesSecretsAndExtraAtAnyDepth(t *testing.T) {
	for name, typ := range typesOfMethods() {
		t.Run(name, func(t *testing.T) {
			v := filled(typ).Interface()
			var seen bytes.Buffer
			options := &slog.HandlerOptions{ReplaceAttr: RedactSecrets}
			for _, h := range []slog.Handler{slog.NewJSONHandler(&seen, options), slog.NewTextHandler(&seen, options)} {
				slog.New(h).Info("shown", "it", ofMyOwn{"order-17", map[string][]any{"a": {v, &v}}})
			}
			assert.NotContains(t, seen.String(), canary)
			assert.Contains(t, seen.String(), "order-17")
		})
	}
}

// The request carries them, however deep a caller puts them.
func TestTheRequestCarriesTheCard(t *testing.T) {
	c := &Client{}
	card := CreditCard{Number: canary, SecurityCode: "837"}
	o := WithExtraField("fallback", map[string]any{"cards": []*CreditCard{&card}})
	var s callSettings
	require.NoError(t, o.applyCall(&s))
	body, err := c.body(callSpec{op: operations["CreatePlan"], body: PlanParams{Extra: Extra{"card": card}}}, s)
	require.NoError(t, err)
	const want = `{"cardNumber":"` + canary + `","securityCode":"837"}`
	assert.JSONEq(t, `{"card":`+want+`,"fallback":{"cards":[`+want+`]}}`, string(body))
	assert.Equal(t, `WithExtraField("fallback")`, fmt.Sprint(o))
}
