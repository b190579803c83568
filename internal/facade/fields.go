package facade

import (
	"bytes"
	"encoding/json"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/wire"
)

// Field is one that is added to the object in a request's body.
type Field struct {
	// Name is the field's.
	Name string
	// Value is its JSON.
	Value json.RawMessage
}

// NewField encodes a field. The error does not repeat the value.
func NewField(name string, value any) (Field, error) {
	if name == "" {
		return Field{}, &idem.InvalidError{Field: "extra field", Reason: "has no name"}
	}
	raw, err := wire.Encode(value)
	if err != nil {
		return Field{}, &idem.InvalidError{Field: "extra field " + name, Reason: "cannot be encoded as JSON"}
	}
	return Field{Name: name, Value: raw}, nil
}

// AddFields appends fields to the JSON object in body; an empty body is the empty
// object. A field that is there already is refused.
func AddFields(body []byte, fields ...Field) ([]byte, error) {
	if len(fields) == 0 {
		return body, nil
	}
	set := map[string]json.RawMessage{}
	if len(body) > 0 {
		if err := json.Unmarshal(body, &set); err != nil || set == nil {
			return nil, &idem.InvalidError{Field: "body", Reason: "is not an object that fields can be added to"}
		}
	}
	out := bytes.TrimSuffix(bytes.Clone(body), []byte("}"))
	if len(out) == 0 {
		out = []byte("{")
	}
	for _, f := range fields {
		if _, ok := set[f.Name]; ok {
			return nil, &idem.InvalidError{Field: "extra field " + f.Name, Reason: "is set already"}
		}
		set[f.Name] = f.Value
		if len(out) > 1 {
			out = append(out, ',')
		}
		name, _ := wire.Encode(f.Name) // a string always encodes
		out = append(append(append(out, name...), ':'), f.Value...)
	}
	return append(out, '}'), nil
}
