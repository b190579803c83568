package idem

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
)

// ownKey returns the key that a request brings, "" if it has none, and the body
// without it.
func (p Profile) ownKey(h http.Header, body []byte) (string, []byte, error) {
	if p.KeyField != "" {
		return ownKeyIn(body, p.KeyField)
	}
	values := h[p.KeyHeader]
	switch {
	case len(values) > 1:
		return "", body, &InvalidError{Field: headerField(p.KeyHeader), Reason: "is there more than once"}
	case len(values) == 0:
		return "", body, nil
	}
	key, ok := values[0], true
	if p.QuoteKey {
		key, ok = unquoted(key)
	}
	switch {
	case !ok:
		return "", body, badKey("is not a string in double quotes (RFC 8941)")
	case key == "":
		return "", body, badKey("is empty")
	default:
		return key, body, nil
	}
}

// unquoted reads a string of RFC 8941 (3.3.3), without parameters.
func unquoted(s string) (string, bool) {
	s = strings.Trim(s, " \t")
	if len(s) < 2 {
		return "", false
	}
	key := unquotes.Replace(s[1 : len(s)-1])
	return key, s == quoted8941(key) // what has another meaning is written in another way
}

// ownKeyIn takes the key out of a body, whose other bytes stay as they are. A
// body that is not one JSON object is left to the engine, which refuses it.
func ownKeyIn(body []byte, field string) (string, []byte, error) {
	value, rest, times := takeMember(body, field)
	switch {
	case times == 0, value == nil:
		return "", rest, nil
	case times > 1:
		return "", body, badKey("is in the body more than once")
	}
	key, ok := value.(string)
	switch {
	case !ok:
		return "", rest, badKey("is not a string in the body")
	case key == "":
		return "", rest, badKey("is empty")
	default:
		return key, rest, nil
	}
}

// takeMember takes a member out of a JSON object, with the comma that belongs
// to it, and returns how often it is there.
func takeMember(body []byte, field string) (value any, rest []byte, times int) {
	d := json.NewDecoder(bytes.NewReader(body))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return nil, body, 0
	}
	rest = body
	for members := 0; ; members++ {
		begin := d.InputOffset() // behind what came before; More skips blanks
		if !d.More() {
			return value, rest, times
		}
		name, err := d.Token()
		var raw json.RawMessage
		if err != nil || d.Decode(&raw) != nil {
			return nil, body, 0
		}
		if name != field {
			continue
		}
		times++
		_ = json.Unmarshal(raw, &value) // it has been read
		end := d.InputOffset()
		if members == 0 {
			end += int64(leadingComma(body[end:]))
		}
		rest = append(bytes.Clone(body[:begin]), body[end:]...)
	}
}

// leadingComma is the length of what ends with the comma that text begins with.
func leadingComma(text []byte) int {
	if trimmed := bytes.TrimLeft(text, jsonSpace); len(trimmed) > 0 && trimmed[0] == ',' {
		return len(text) - len(trimmed) + 1
	}
	return 0
}
