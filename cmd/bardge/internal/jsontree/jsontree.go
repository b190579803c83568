// Package jsontree reads JSON into a tree that keeps the order of fields and the
// digits of numbers.
package jsontree

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// Kind is the kind of a [Value].
type Kind uint8

// The kinds.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// Value is a JSON value.
type Value struct { //nolint:recvcheck // Set alone changes it
	Kind Kind
	// Text is a string's text, a number's digits, or true, false or null.
	Text string
	// Items are an array's.
	Items []Value
	// Fields are an object's.
	Fields []Field
}

// Field is a name with its value.
type Field struct {
	Name  string
	Value Value
}

// IsScalar reports whether the value is neither an array nor an object.
func (v Value) IsScalar() bool { return v.Kind < Array }

// errInvalid does not quote the input, which may be personal.
var errInvalid = errors.New("not a JSON document")

// Parse reads one document. It refuses an object with two fields of one name.
func Parse(text []byte) (Value, error) {
	if !json.Valid(text) { // it also bounds the depth
		return Value{}, errInvalid
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return parse(d)
}

func parse(d *json.Decoder) (Value, error) {
	token, err := d.Token()
	if err != nil {
		return Value{}, errInvalid
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '[' {
			return parseArray(d)
		}
		return parseObject(d)
	case string:
		return Value{Kind: String, Text: t}, nil
	case json.Number:
		return Value{Kind: Number, Text: t.String()}, nil
	case bool:
		return Value{Kind: Bool, Text: strconv.FormatBool(t)}, nil
	default:
		return Value{Kind: Null, Text: "null"}, nil
	}
}

func parseArray(d *json.Decoder) (Value, error) {
	v := Value{Kind: Array}
	for d.More() {
		item, err := parse(d)
		if err != nil {
			return Value{}, err
		}
		v.Items = append(v.Items, item)
	}
	_, err := d.Token()
	return v, err
}

func parseObject(d *json.Decoder) (Value, error) {
	v := Value{Kind: Object}
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return Value{}, errInvalid
		}
		if seen[name] {
			return Value{}, fmt.Errorf("the field %q is there twice", name)
		}
		seen[name] = true
		value, err := parse(d)
		if err != nil {
			return Value{}, err
		}
		v.Fields = append(v.Fields, Field{name, value})
	}
	_, err := d.Token()
	return v, err
}

// Find returns the value of an object's field; false if it has none.
func (v Value) Find(name string) (Value, bool) {
	for _, f := range v.Fields {
		if f.Name == name {
			return f.Value, true
		}
	}
	return Value{}, false
}

// Set sets an object's field, at the end if it is new.
func (v *Value) Set(name string, value Value) {
	for i := range v.Fields {
		if v.Fields[i].Name == name {
			v.Fields[i].Value = value
			return
		}
	}
	v.Fields = append(v.Fields, Field{name, value})
}

// MarshalJSON writes the value on one line.
func (v Value) MarshalJSON() ([]byte, error) { return v.appendTo(nil), nil }

// String returns the value as JSON on one line.
func (v Value) String() string { return string(v.appendTo(nil)) }

func (v Value) appendTo(b []byte) []byte {
	switch v.Kind {
	case String:
		return appendString(b, v.Text)
	case Array:
		b = append(b, '[')
		for i, item := range v.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = item.appendTo(b)
		}
		return append(b, ']')
	case Object:
		b = append(b, '{')
		for i, f := range v.Fields {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, f.Name), ':')
			b = f.Value.appendTo(b)
		}
		return append(b, '}')
	default:
		return append(b, v.Text...)
	}
}

func appendString(b []byte, s string) []byte {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) //nolint:errchkjson // a string always encodes
	return append(b, bytes.TrimSuffix(text.Bytes(), []byte("\n"))...)
}
