package sdk

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// Field is a field to add to the JSON object in a request's body.
type Field struct {
	Name  string          // the field's name
	Value json.RawMessage // the field's JSON
}

// NewField encodes a field. The error does not repeat the value.
func NewField(name string, value any, encode func(any) ([]byte, error)) (Field, *idem.InvalidError) {
	switch {
	case name == "":
		return Field{}, badField(name, "has no name")
	case OverridesMethod(name):
		return Field{}, badField(name, "may replace the method of the request")
	}
	raw, err := encode(value)
	if err != nil {
		return Field{}, badField(name, "cannot be encoded as JSON")
	}
	return Field{Name: name, Value: raw}, nil
}

// OverridesMethod reports whether some servers read a field or parameter of
// this name as the request's method.
func OverridesMethod(name string) bool { return folded(name) == "-method" }

func badField(name, reason string) *idem.InvalidError {
	return &idem.InvalidError{Field: strings.TrimSuffix("extra field "+name, " "), Reason: reason}
}

func folded(name string) string { return strings.ReplaceAll(strings.ToLower(name), "_", "-") }

// HasField reports whether one of the fields has this name. As in lenient
// servers, case does not count, and "_" equals "-" (R40).
func HasField(fields []Field, name string) bool {
	return slices.ContainsFunc(fields, func(f Field) bool { return folded(f.Name) == folded(name) })
}

// AddFields appends fields to the JSON object in body (empty: {}). It refuses
// one that exists, in any spelling: servers differ in which they read.
func AddFields(body []byte, fields ...Field) ([]byte, error) {
	if len(fields) == 0 {
		return body, nil
	}
	var set map[string]json.RawMessage
	if len(body) > 0 {
		if err := json.Unmarshal(body, &set); err != nil || set == nil {
			return nil, &idem.InvalidError{Field: "body", Reason: "is not an object that fields can be added to"}
		}
	}
	taken := make(map[string]bool, len(set)+len(fields))
	for name := range set {
		taken[folded(name)] = true
	}
	out := bytes.TrimSuffix(bytes.Clone(body), []byte("}"))
	if len(out) == 0 {
		out = []byte("{")
	}
	for _, f := range fields {
		if taken[folded(f.Name)] {
			return nil, &idem.InvalidError{Field: "extra field " + f.Name, Reason: "is set already"}
		}
		taken[folded(f.Name)] = true
		if len(out) > 1 {
			out = append(out, ',')
		}
		name, _ := wire.Encode(f.Name) // a string always encodes
		out = append(append(append(out, name...), ':'), f.Value...)
	}
	return append(out, '}'), nil
}
