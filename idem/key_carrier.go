package idem

import (
	"bytes"
	"encoding/json"
	"strings"
)

func headerValue(p *Profile, key string) string {
	if !p.QuoteKey {
		return key
	}
	return quoted8941(key)
}

// quoted8941 is a text as a string of RFC 8941.
func quoted8941(text string) string { return `"` + quotes.Replace(text) + `"` }

// quotes escapes what a string of RFC 8941 may not hold as it is.
var (
	quotes   = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	unquotes = strings.NewReplacer(`\\`, `\`, `\"`, `"`)
)

// withKey is the body with the key in it, where the profile places it there.
func withKey(p *Profile, body []byte, key string) []byte {
	rest := bytes.TrimLeft(body, jsonSpace)[1:] // checkBody has seen the brace
	out := make([]byte, 0, len(body)+len(p.KeyField)+len(key)+8)
	out = append(out, '{')
	out = append(append(append(out, asJSON(p.KeyField)...), ':'), asJSON(key)...)
	if trimmed := bytes.TrimLeft(rest, jsonSpace); trimmed[0] != '}' {
		out = append(out, ',')
	}
	return append(out, rest...)
}

const jsonSpace = " \t\r\n"

func asJSON(s string) []byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // unreachable: a string always marshals
	}
	return text
}

// checkBody refuses a body that the key cannot be added to.
func checkBody(p *Profile, body []byte) error {
	if p.KeyField == "" {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil || members == nil {
		return &InvalidError{Field: "body", Reason: "is not one JSON object, to which the key could be added"}
	}
	for name := range members { // some servers read names without regard to case, and take the last (R40)
		if strings.EqualFold(name, p.KeyField) {
			return &InvalidError{Field: "body", Reason: "has a key of its own: it belongs into Call.Key"}
		}
	}
	return nil
}
