// Package jsontree reads JSON strictly: into a tree that keeps the order of
// fields, the digits of numbers and the place of each value, or into a struct
// that has a field for all of it.
package jsontree

import (
	"bytes"
	"encoding/json"
	"errors"
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
	// Offset is how many bytes of the text precede the value's end, or the
	// first item or field in it.
	Offset int
}

// Field is a name with its value.
type Field struct {
	Name  string
	Value Value
}

// IsScalar reports whether the value is neither an array nor an object.
func (v Value) IsScalar() bool { return v.Kind < Array }

// Error is why a text is not read. It does not quote values, which may be
// personal.
type Error struct {
	// Offset is how many bytes of the text precede what is wrong.
	Offset int
	// Path is where it is, such as "clients[0].id"; "" is the document.
	Path string
	// Reason is what is wrong with it.
	Reason string
}

// Error returns the path and the reason.
func (e *Error) Error() string {
	if e.Path == "" {
		return e.Reason
	}
	return e.Path + " " + e.Reason
}

// In returns a sentence about the document that is not read, without its end:
// "the body is no JSON document".
func (e *Error) In(document string) string {
	if e.Path == "" {
		return document + " " + e.Reason
	}
	return document + "'s field " + strconv.Quote(e.Path) + " " + e.Reason
}

// inside returns the error of a value as one of what the value is in, as an
// item, "[0]", or as a field.
func inside(err error, name string) error {
	if wrong, ok := errors.AsType[*Error](err); ok {
		wrong.Path = join(name, wrong.Path)
	}
	return err
}

func join(name, path string) string {
	if path == "" || path[0] == '[' {
		return name + path
	}
	return name + "." + path
}

func item(i int) string { return "[" + strconv.Itoa(i) + "]" }

// Parse reads one document. It refuses an object with two fields of one name.
// Its errors are of type *[Error].
func Parse(text []byte) (Value, error) {
	var whole json.RawMessage
	err := json.Unmarshal(text, &whole) // it also bounds the depth
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return Value{}, &Error{Offset: int(syntax.Offset), Reason: "is no JSON document"}
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return parse(d)
}

// parse reads a value of a document that is valid.
func parse(d *json.Decoder) (Value, error) {
	token, err := d.Token()
	if err != nil {
		return Value{}, err
	}
	at := int(d.InputOffset())
	switch t := token.(type) {
	case json.Delim:
		if t == '[' {
			return parseArray(d, at)
		}
		return parseObject(d, at)
	case string:
		return Value{Kind: String, Text: t, Offset: at}, nil
	case json.Number:
		return Value{Kind: Number, Text: t.String(), Offset: at}, nil
	case bool:
		return Value{Kind: Bool, Text: strconv.FormatBool(t), Offset: at}, nil
	default:
		return Value{Kind: Null, Text: "null", Offset: at}, nil
	}
}

func parseArray(d *json.Decoder, at int) (Value, error) {
	v := Value{Kind: Array, Offset: at}
	for d.More() {
		one, err := parse(d)
		if err != nil {
			return Value{}, inside(err, item(len(v.Items)))
		}
		v.Items = append(v.Items, one)
	}
	_, err := d.Token()
	return v, err
}

func parseObject(d *json.Decoder, at int) (Value, error) {
	v := Value{Kind: Object, Offset: at}
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return Value{}, err
		}
		name, _ := token.(string) // as names are
		if seen[name] {
			return Value{}, &Error{Offset: int(d.InputOffset()), Path: name, Reason: "is given twice"}
		}
		seen[name] = true
		value, err := parse(d)
		if err != nil {
			return Value{}, inside(err, name)
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
