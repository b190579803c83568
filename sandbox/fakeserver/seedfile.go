package fakeserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
)

// SeedFile is a JSON document that describes what a sandbox holds at first,
// with the line of each value, so that errors can name it.
type SeedFile struct {
	data    []byte
	offsets map[string]int64 // by path, such as "clients[0].id"
}

// ReadSeed reads a JSON object into a struct. It rejects unknown and repeated
// fields, null, values of another type, and what follows the object. Names are
// compared exactly.
func ReadSeed(data []byte, into any) (*SeedFile, error) {
	f := &SeedFile{data: data, offsets: map[string]int64{}}
	check := seedCheck{file: f, decoder: json.NewDecoder(bytes.NewReader(data))}
	check.decoder.UseNumber()
	if err := check.value("", reflect.TypeOf(into).Elem()); err != nil {
		return nil, err
	}
	if _, err := check.decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, f.errorAt(check.decoder.InputOffset(), "", "more than one JSON object")
	}
	if err := json.Unmarshal(data, into); err != nil {
		return nil, fmt.Errorf("seed: %w", err)
	}
	return f, nil
}

// Errorf returns an error about the value at a path, with its line.
func (f *SeedFile) Errorf(path, format string, args ...any) error {
	return f.errorAt(f.offset(path), path, fmt.Sprintf(format, args...))
}

// offset returns where the value at a path begins, or what surrounds it where
// the value is left out.
func (f *SeedFile) offset(path string) int64 {
	for {
		if offset, ok := f.offsets[path]; ok || path == "" {
			return offset
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
}

func (f *SeedFile) errorAt(offset int64, path, reason string) error {
	line := 1 + bytes.Count(f.data[:min(int(offset), len(f.data))], []byte("\n"))
	if path != "" {
		reason = path + ": " + reason
	}
	return fmt.Errorf("seed: line %d: %s", line, reason)
}

// seedCheck compares a document with a type.
type seedCheck struct {
	file    *SeedFile
	decoder *json.Decoder
}

// value reads one value, which must fit a type.
func (c *seedCheck) value(path string, of reflect.Type) error {
	token, err := c.token(path)
	if err != nil {
		return err
	}
	c.file.offsets[path] = c.decoder.InputOffset()
	switch kind := of.Kind(); {
	case kind == reflect.Struct && token == json.Delim('{'):
		return c.object(path, fieldsOf(of))
	case kind == reflect.Map && token == json.Delim('{'):
		return c.object(path, func(string) (reflect.Type, bool) { return of.Elem(), true })
	case kind == reflect.Slice && token == json.Delim('['):
		return c.list(path, of.Elem())
	case kind == reflect.Pointer:
		return c.scalar(path, token, of.Elem())
	default:
		return c.scalar(path, token, of)
	}
}

func (c *seedCheck) scalar(path string, token json.Token, of reflect.Type) error {
	fits := false
	switch of.Kind() { //nolint:exhaustive // what is in lists and objects does not fit
	case reflect.String:
		_, fits = token.(string)
	case reflect.Bool:
		_, fits = token.(bool)
	case reflect.Int:
		number, ok := token.(json.Number)
		_, err := strconv.ParseInt(string(number), 10, 32)
		fits = ok && err == nil
	case reflect.Float64:
		number, ok := token.(json.Number)
		_, err := number.Float64()
		fits = ok && err == nil
	}
	if !fits {
		return c.wrong(path, of)
	}
	return nil
}

func (c *seedCheck) wrong(path string, of reflect.Type) error {
	names := map[reflect.Kind]string{
		reflect.Struct: "an object", reflect.Map: "an object", reflect.Slice: "a list", reflect.String: "a text",
		reflect.Bool: "true or false", reflect.Int: "a whole number below 2^31", reflect.Float64: "a number",
	}
	return c.file.errorAt(c.decoder.InputOffset(), path, "must be "+names[of.Kind()])
}

func (c *seedCheck) object(path string, field func(name string) (reflect.Type, bool)) error {
	seen := map[string]bool{}
	for c.decoder.More() {
		token, err := c.token(path)
		if err != nil {
			return err
		}
		name, _ := token.(string) // package json accepts no other
		inner := strings.TrimPrefix(path+"."+name, ".")
		of, known := field(name)
		switch {
		case !known:
			return c.file.errorAt(c.decoder.InputOffset(), inner, "is unknown")
		case seen[name]:
			return c.file.errorAt(c.decoder.InputOffset(), inner, "is given twice")
		}
		seen[name] = true
		if err := c.value(inner, of); err != nil {
			return err
		}
	}
	_, err := c.token(path)
	return err
}

func (c *seedCheck) list(path string, of reflect.Type) error {
	for i := 0; c.decoder.More(); i++ {
		if err := c.value(fmt.Sprintf("%s[%d]", path, i), of); err != nil {
			return err
		}
	}
	_, err := c.token(path)
	return err
}

func (c *seedCheck) token(path string) (json.Token, error) {
	token, err := c.decoder.Token()
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return nil, c.file.errorAt(syntax.Offset, path, "no valid JSON")
	case err != nil:
		return nil, c.file.errorAt(int64(len(c.file.data)), path, "the document ends too early")
	}
	return token, nil
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
