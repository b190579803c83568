package bluesnap

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

const secretText = "ABC12345"

type plasticCard struct {
	Number Secret  `json:"number,omitempty" xml:"number"`
	Code   *Secret `json:"code,omitempty"   xml:"code"`
}

type withExtra struct {
	Card  plasticCard
	Extra map[string]any
}

func (w withExtra) MarshalJSON() ([]byte, error) {
	return wire.Encode(map[string]any{"card": w.Card, "extra": w.Extra})
}

func TestR23_NoEncodingWritesASecret(t *testing.T) {
	secret := Secret(secretText)
	for _, v := range []any{secret, &secret, plasticCard{Number: secret, Code: &secret}, []plasticCard{{Number: secret}}, map[string]any{"a": []any{secret}}} {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		assert.Contains(t, string(text), "[redacted]")
		assert.NotContains(t, string(text), secretText)
		var seen bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			_, _ = fmt.Fprintf(&seen, verb+"\n", v)
		}
		slog.New(slog.NewJSONHandler(&seen, nil)).Info("seen", "v", v)
		slog.New(slog.NewTextHandler(&seen, nil)).Info("seen", "v", v)
		assert.NotContains(t, seen.String(), secretText)
		assert.NotContains(t, strings.ToUpper(seen.String()), "4142433132333435")
	}
	inXML, err := xml.Marshal(plasticCard{Number: secret})
	require.NoError(t, err)
	assert.Contains(t, string(inXML), "<number>[redacted]</number>")
	var inGob bytes.Buffer
	require.NoError(t, gob.NewEncoder(&inGob).Encode(plasticCard{Number: secret}))
	assert.NotContains(t, inGob.String(), secretText)
	assert.Equal(t, secretText, string(secret), "the text is there for the program")
}

func TestR23_TheRequestCarriesASecret(t *testing.T) {
	secret := Secret(secretText)
	for want, v := range map[string]any{
		`"ABC12345"`: secret,
		`{"number":"ABC12345","code":"ABC12345"}`:                              &plasticCard{Number: secret, Code: &secret},
		`{"card":{"number":"ABC12345"},"extra":{"a":[{"number":"ABC12345"}]}}`: withExtra{Card: plasticCard{Number: secret}, Extra: map[string]any{"a": []any{plasticCard{Number: secret}}}},
		`{"token":"ABC12345"}`:                                                 map[string]idem.Secret{"token": secretText},
		`{"card":{},"extra":null}`:                                             &withExtra{},
		`null`:                                                                 nil,
		`[{"number":"<&>"}]`:                                                   []plasticCard{{Number: "<&>"}},
		`{"Pages":2}`:                                                          struct{ Pages int }{2},
	} {
		text, err := encodeRequest(v)
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
	}
	assert.Equal(t, secretText, string(secret), "the caller's value is as it was")
}

func TestR23_WhatWasRedactedIsNotSent(t *testing.T) {
	var read plasticCard
	assert.Error(t, json.Unmarshal([]byte(`{"number":"[redacted]"}`), &read), "a stored value is not read back as a card")
	assert.Error(t, json.Unmarshal([]byte(`{"number":{}}`), &read))
	require.NoError(t, json.Unmarshal([]byte(`{"number":4263982640269299}`), &read))
	assert.Equal(t, "4263982640269299", string(read.Number))
	require.NoError(t, json.Unmarshal([]byte(`{"number":null}`), &read))
	assert.Empty(t, string(read.Number))
	require.NoError(t, json.Unmarshal([]byte(`{"number":"ABC12345"}`), &read))
	assert.Equal(t, secretText, string(read.Number))
	_, err := encodeRequest(plasticCard{Number: "[redacted]"})
	assert.ErrorContains(t, err, "was redacted")
	_, err = encodeRequest(plasticCard{Number: "\xff"})
	assert.ErrorContains(t, err, "not UTF-8")
}

type ofMyOwn struct {
	Order string           `json:"order"`
	Paid  map[string][]any `json:"paid"`
}

// A card's number is in no JSON at any depth. What Extra holds is: it may be
// all that a program needs of an answer.
func TestR23_NoJSONCarriesASecret(t *testing.T) {
	for name, typ := range typesOfMethods() {
		if typ == extraType {
			continue
		}
		t.Run(name, func(t *testing.T) {
			v := withoutExtra(filled(typ)).Interface()
			text, err := json.Marshal(ofMyOwn{Order: "order-17", Paid: map[string][]any{"a": {v, &v}}})
			require.NoError(t, err)
			assert.NotContains(t, string(text), canary)
		})
	}
}

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
				slog.New(h).Info("shown", "it", ofMyOwn{Order: "order-17", Paid: map[string][]any{"a": {v, &v}}})
			}
			assert.NotContains(t, seen.String(), canary)
			assert.Contains(t, seen.String(), "order-17")
		})
	}
}

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
