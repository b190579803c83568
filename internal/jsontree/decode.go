package jsontree

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// Decode reads one JSON object into a struct. Besides what [Parse] refuses, it
// refuses text that is not UTF-8, fields that the struct does not have, null,
// and values of another type. Names are compared exactly. The tree has the place
// of each value, for further errors. What a type decodes by itself is its own.
func Decode(text []byte, into any) (Value, error) {
	tree, err := ParseUnicode(text)
	if err != nil {
		return Value{}, err
	}
	if err := tree.fit(reflect.TypeOf(into).Elem()); err != nil {
		return Value{}, err
	}
	return tree, json.Unmarshal(text, into)
}

var decodesItself = reflect.TypeFor[json.Unmarshaler]()

// fit returns an error if a value does not fit a type.
func (v *Value) fit(of reflect.Type) error {
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	switch kind := of.Kind(); {
	case v.Kind != Null && reflect.PointerTo(of).Implements(decodesItself):
		return nil
	case kind == reflect.Struct && v.Kind == Object:
		return v.fitFields(fieldsOf(of))
	case kind == reflect.Map && v.Kind == Object:
		return v.fitFields(func(string) (reflect.Type, bool) { return of.Elem(), true })
	case kind == reflect.Slice && v.Kind == Array:
		for i := range v.Items {
			if err := v.Items[i].fit(of.Elem()); err != nil {
				return inside(err, item(i))
			}
		}
		return nil
	case v.fitsScalar(of):
		return nil
	default:
		return &Error{Offset: v.Offset, Reason: "must be " + typeName(of)}
	}
}

func (v *Value) fitFields(typeOf func(name string) (reflect.Type, bool)) error {
	for i := range v.Fields {
		f := &v.Fields[i]
		of, known := typeOf(f.Name)
		if !known {
			return &Error{Offset: f.Value.Offset, Path: f.Name, Reason: "is unknown"}
		}
		if err := f.Value.fit(of); err != nil {
			return inside(err, f.Name)
		}
	}
	return nil
}

// wholeBits bound whole numbers, so that sums and products of a few do not
// overflow.
const wholeBits = 32

func (v *Value) fitsScalar(of reflect.Type) bool {
	var err error
	switch of.Kind() { //nolint:exhaustive // what is in lists and objects does not fit
	case reflect.String:
		return v.Kind == String
	case reflect.Bool:
		return v.Kind == Bool
	case reflect.Int:
		_, err = strconv.ParseInt(v.Text, 10, wholeBits)
	case reflect.Uint64:
		_, err = strconv.ParseUint(v.Text, 10, 64)
	case reflect.Float64:
		_, err = strconv.ParseFloat(v.Text, 64)
	default:
		return false
	}
	return v.Kind == Number && err == nil
}

func typeName(of reflect.Type) string {
	if reflect.PointerTo(of).Implements(decodesItself) {
		return "a value, and not null"
	}
	switch of.Kind() { //nolint:exhaustive // no others are read
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Slice:
		return "a list"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number below 2^31"
	case reflect.Uint64:
		return "a whole number, and not negative"
	case reflect.Float64:
		return "a number"
	default:
		return "a text"
	}
}

// fieldsOf returns the fields of a struct by their names in JSON.
func fieldsOf(of reflect.Type) func(name string) (reflect.Type, bool) {
	return func(name string) (reflect.Type, bool) {
		for _, f := range reflect.VisibleFields(of) {
			if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name && tag != "" {
				return f.Type, true
			}
		}
		return nil, false
	}
}
