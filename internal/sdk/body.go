package sdk

import (
	"bytes"
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// EditFields leaves fields out of the JSON object in body, then adds others. It
// refuses to leave out a field that is neither there nor optional, such as a
// required one that is not set: a name that is misspelt would have no effect.
func (s *CallSettings) EditFields(body []byte, optional func(name string) bool) ([]byte, error) {
	for _, name := range s.Without {
		rest, found := withoutField(body, name)
		if !found && !optional(name) {
			return nil, withoutFault(name, "is not in the body")
		}
		body = rest
	}
	return AddFields(body, s.Extra...)
}

// Edits names the first option that changes the body; empty: none does.
func (s *CallSettings) Edits() string {
	switch {
	case len(s.Without) > 0:
		return "field to leave out " + s.Without[0]
	case len(s.Extra) > 0:
		return "extra field " + s.Extra[0].Name
	default:
		return ""
	}
}

func withoutFault(name, reason string) error {
	return &idem.InvalidError{Field: "field to leave out " + name, Reason: reason}
}

// withoutField returns the object in body without the fields of this name, and
// whether it had one.
func withoutField(body []byte, name string) ([]byte, bool) {
	fields, ok := objectFields(body)
	if !ok {
		return body, false
	}
	rest := slices.DeleteFunc(slices.Clone(fields), func(f Field) bool { return f.Name == name })
	if len(rest) == len(fields) {
		return body, false
	}
	return joinFields(rest), true
}

func joinFields(fields []Field) []byte {
	out := []byte{'{'}
	for i, f := range fields {
		if i > 0 {
			out = append(out, ',')
		}
		name, _ := wire.Encode(f.Name) // it was read as a string
		out = append(append(append(out, name...), ':'), f.Value...)
	}
	return append(out, '}')
}

// objectFields returns the fields of a JSON object in their order; false if
// body is none.
func objectFields(body []byte) (fields []Field, ok bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return nil, false
	}
	for d.More() {
		name, err := d.Token()
		var f Field
		if err != nil || d.Decode(&f.Value) != nil {
			return nil, false
		}
		f.Name, _ = name.(string)
		fields = append(fields, f)
	}
	return fields, true
}

// CheckBody returns a copy of a body of the caller's. It refuses what is not one
// JSON value in UTF-8, and an object with two fields of one name, in any
// spelling: servers differ in which they read (R40). An empty one is no body.
func CheckBody(body []byte) ([]byte, error) {
	refuse := func(reason string) ([]byte, error) { return nil, &idem.InvalidError{Field: "body", Reason: reason} }
	switch {
	case len(body) == 0:
		return nil, nil
	case !utf8.Valid(body):
		return refuse("is not UTF-8")
	case !json.Valid(body):
		return refuse("is not one JSON value")
	}
	fields, _ := objectFields(body)
	seen := make(map[string]bool, len(fields))
	for _, f := range fields {
		switch {
		case OverridesMethod(f.Name):
			return refuse("has a field that may replace the method of the request")
		case seen[folded(f.Name)]:
			return refuse("has two fields of one name")
		}
		seen[folded(f.Name)] = true
	}
	return bytes.Clone(body), nil
}
