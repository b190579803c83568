package wire_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/wire"
)

type card struct {
	Number wire.SendOnly  `json:"number,omitempty" xml:"number"`
	Code   *wire.SendOnly `json:"code,omitempty"   xml:"code"`
}

// wrapped writes itself, as the types with extra fields do.
type wrapped struct {
	Card  card
	Extra map[string]any
}

func (w wrapped) MarshalJSON() ([]byte, error) {
	return wire.Encode(map[string]any{"card": w.Card, "extra": w.Extra})
}

func TestR23_NoEncodingWritesASendOnlySecret(t *testing.T) {
	secret := wire.SendOnly(code)
	for _, v := range []any{secret, &secret, card{secret, &secret}, []card{{Number: secret}}, map[string]any{"a": []any{secret}}} {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		assert.Contains(t, string(text), "[redacted]")
		assert.NotContains(t, string(text), code)
		var seen bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			_, _ = fmt.Fprintf(&seen, verb+"\n", v)
		}
		slog.New(slog.NewJSONHandler(&seen, nil)).Info("seen", "v", v)
		slog.New(slog.NewTextHandler(&seen, nil)).Info("seen", "v", v)
		assert.NotContains(t, seen.String(), code)
		assert.NotContains(t, strings.ToUpper(seen.String()), "4142433132333435")
	}
	inXML, err := xml.Marshal(card{Number: secret})
	require.NoError(t, err)
	assert.Contains(t, string(inXML), "<number>[redacted]</number>")
	var inGob bytes.Buffer
	require.NoError(t, gob.NewEncoder(&inGob).Encode(card{Number: secret}))
	assert.NotContains(t, inGob.String(), code)
	assert.Equal(t, code, string(secret), "the text is there for the program")
}

func TestR23_TheRequestCarriesASendOnlySecret(t *testing.T) {
	secret := wire.SendOnly(code)
	for want, v := range map[string]any{
		`"ABC12345"`: secret,
		`{"number":"ABC12345","code":"ABC12345"}`:                              &card{secret, &secret},
		`{"card":{"number":"ABC12345"},"extra":{"a":[{"number":"ABC12345"}]}}`: wrapped{card{Number: secret}, map[string]any{"a": []any{card{Number: secret}}}},
		`{"token":"ABC12345"}`:                                                 map[string]wire.Secret{"token": code},
		`{"card":{},"extra":null}`:                                             &wrapped{},
		`null`:                                                                 nil,
		`[{"number":"<&>"}]`:                                                   []card{{Number: "<&>"}},
		`{"Pages":2}`:                                                          struct{ Pages int }{2},
	} {
		text, err := wire.EncodeRequest(v)
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
	}
	assert.Equal(t, code, string(secret), "the caller's value is as it was")
}

func TestR23_WhatWasRedactedIsNotSent(t *testing.T) {
	var read card
	assert.Error(t, json.Unmarshal([]byte(`{"number":"[redacted]"}`), &read), "a stored value is not read back as a card")
	assert.Error(t, json.Unmarshal([]byte(`{"number":{}}`), &read))
	require.NoError(t, json.Unmarshal([]byte(`{"number":4263982640269299}`), &read))
	assert.Equal(t, "4263982640269299", string(read.Number))
	require.NoError(t, json.Unmarshal([]byte(`{"number":null}`), &read))
	assert.Empty(t, string(read.Number))
	require.NoError(t, json.Unmarshal([]byte(`{"number":"ABC12345"}`), &read))
	assert.Equal(t, code, string(read.Number))
	_, err := wire.EncodeRequest(card{Number: "[redacted]"})
	assert.ErrorContains(t, err, "was redacted")
	_, err = wire.EncodeRequest(card{Number: "\xff"})
	assert.ErrorContains(t, err, "not UTF-8")
}
