package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// DecodeError is returned for a body that does not match its type. It holds no
// byte of the body, which may contain secrets.
type DecodeError struct {
	Field  string // JSON path of the field, "" where it is unknown or the body as a whole is meant
	Reason string // what is wrong, in words
}

func (e *DecodeError) Error() string {
	if e.Field == "" {
		return "decode JSON: " + e.Reason
	}
	return fmt.Sprintf("decode JSON: field %q: %s", e.Field, e.Reason)
}

// IncompleteError is returned if an essential field (an id, an amount, a
// status, whether a list goes on) is missing or has another type.
type IncompleteError struct {
	Fields []string // the JSON paths of the fields
}

func (e *IncompleteError) Error() string {
	return "essential fields are missing or do not fit: " + strings.Join(e.Fields, ", ")
}

// Marshal writes v as JSON, without a final newline and HTML escapes.
func Marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// Encode is [Marshal] for what is sent. Text that is not UTF-8 is a
// *[ParamError]: JSON cannot hold it, and two ids could become one.
func Encode(v any) ([]byte, error) {
	text, err := Marshal(v)
	if err != nil {
		return nil, err
	}
	if replaced(text) {
		return nil, &ParamError{
			Name: "body", Reason: `holds text that is not UTF-8, or the escape \ufffd in its place`,
		}
	}
	return text, nil
}

// replaced reports whether package json has replaced bytes that are not UTF-8:
// it escapes its own replacement, and copies one in the input.
func replaced(text []byte) bool {
	const escape = `\ufffd`
	for rest := text; ; {
		i := bytes.Index(rest, []byte(escape))
		if i < 0 {
			return false
		}
		before := rest[:i]
		if (len(before)-len(bytes.TrimRight(before, `\`)))%2 == 0 {
			return true
		}
		rest = rest[i+len(escape):]
	}
}

// Decode reads one JSON object into a new T, ignoring unknown fields. With an
// error, a *[DecodeError], the value is nil.
func Decode[T any](body []byte) (*T, error) {
	body = bytes.TrimPrefix(body, []byte(byteOrderMark))
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return nil, &DecodeError{Reason: "not a JSON object"}
	}
	value := new(T)
	if err := json.Unmarshal(body, value); err != nil {
		return nil, withoutBody(err)
	}
	return value, nil
}

// ReadBody reads the JSON object in a request's body. It returns errors of the
// reader unchanged, and errors of the content as a *[DecodeError].
func ReadBody[T any](r *http.Request) (value T, err error) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return value, err
	}
	decoded, err := Decode[T](data)
	if err != nil {
		return value, err
	}
	return *decoded, nil
}

func withoutBody(err error) error {
	var syntax *json.SyntaxError
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return &DecodeError{Reason: fmt.Sprintf("not valid JSON at byte %d", syntax.Offset)}
	case errors.As(err, &mismatch):
		return &DecodeError{Field: mismatch.Field, Reason: "want " + mismatch.Type.String()}
	case errors.Is(err, errTimestamp):
		return &DecodeError{Reason: errTimestamp.Error()}
	default:
		return &DecodeError{Reason: "a value does not fit its field"}
	}
}
