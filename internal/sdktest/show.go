package sdktest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"sync"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/leaks"
)

// Leak is part of all that must not be shown.
const Leak = "s3cret"

// Printed returns v as package fmt and the handlers of log/slog print it.
func Printed(v any) string {
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		fmt.Fprintf(&b, verb+"\n", v)
	}
	for _, verb := range []string{"%s", "%q", "%d", "%x", "%t"} { // whether it fits or not
		fmt.Fprintf(&b, verb+"\n", struct{ V any }{v})
	}
	fmt.Fprintln(&b, v, []any{v}, struct{ V any }{v})
	fmt.Fprintf(&b, "%+v %#v\n", []any{v}, struct{ V any }{v})
	for _, h := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
		slog.New(h).Info("printed", "v", v, slog.Group("g", "v", v))
	}
	return b.String()
}

// A Buffer is written by several goroutines: leases are renewed by one of their
// own.
type Buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write appends to the text.
func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// String returns the text.
func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// Hides checks that a value shows no Leak, neither as text nor in the encodings
// in which bytes are printed.
func Hides(t *testing.T, v any) {
	t.Helper()
	assert.Empty(t, leaks.Find(Printed(v), Leak), "%T", v)
}

// HidesAsJSON checks a value of an operation that is logged inside of another,
// which many loggers encode as JSON.
func HidesAsJSON(t *testing.T, operation string, v any) {
	t.Helper()
	text, err := json.Marshal(map[string]any{"v": v})
	assert.NoError(t, err)
	assert.Contains(t, string(text), operation)
	assert.Empty(t, leaks.Find(string(text), Leak))
}

// Invalid checks that an error is an *InvalidError of this field.
func Invalid(t *testing.T, field string, err error, msg ...any) {
	t.Helper()
	var invalid *idem.InvalidError
	if assert.ErrorAs(t, err, &invalid, msg...) {
		assert.Equal(t, field, invalid.Field, msg...)
	}
}

// Errors calls f with each error of a tree.
func Errors(err error, f func(error)) {
	if err == nil {
		return
	}
	f(err)
	switch e := err.(type) { //nolint:errorlint // each of the tree is visited
	case interface{ Unwrap() error }:
		Errors(e.Unwrap(), f)
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			Errors(inner, f)
		}
	}
}

// Report calls f with what an error reporter shows: each error of the tree, as
// text and as a dump.
func Report(err error, f func(string)) {
	Errors(err, func(e error) {
		Dump(e, f)
		f(fmt.Sprintf("%v %+v %#v", e, e, e))
	})
}

// Dump walks everything that reflection reaches from v, fields that are not
// exported included, as spew.Dump does, and calls f with each text and run of
// bytes.
func Dump(v any, f func(string)) { dump(reflect.ValueOf(v), map[unsafe.Pointer]bool{}, f) }

func dump(v reflect.Value, seen map[unsafe.Pointer]bool, f func(string)) {
	switch v.Kind() { //nolint:exhaustive // no other kind holds text
	case reflect.String:
		f(v.String())
	case reflect.Pointer:
		if !v.IsNil() && !seen[v.UnsafePointer()] {
			seen[v.UnsafePointer()] = true
			dump(v.Elem(), seen, f)
		}
	case reflect.Interface:
		if !v.IsNil() {
			dump(v.Elem(), seen, f)
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			dump(field, seen, f)
		}
	case reflect.Map:
		for at := v.MapRange(); at.Next(); {
			dump(at.Key(), seen, f)
			dump(at.Value(), seen, f)
		}
	case reflect.Slice, reflect.Array:
		text := make([]byte, 0, v.Len())
		for i := range v.Len() {
			if v.Index(i).Kind() == reflect.Uint8 {
				text = append(text, byte(v.Index(i).Uint()))
			} else {
				dump(v.Index(i), seen, f)
			}
		}
		f(string(text))
	}
}

// Echo is a transport whose error repeats the request's credentials.
type Echo struct{}

// RoundTrip fails.
func (Echo) RoundTrip(r *http.Request) (*http.Response, error) {
	_, _ = io.Copy(io.Discard, r.Body) // as a server reads it
	return nil, errors.New("malformed: Authorization: " + r.Header.Get("Authorization"))
}
