package wire

import (
	"fmt"
	"io"
	"log/slog"
	"reflect"
)

var logged = &Mapping{logged: true}

// RedactSecrets is a ReplaceAttr for [slog.HandlerOptions]. It replaces each
// string whose type has a LogValue method, as secrets have, by the method's
// result, at any depth: behind pointers and interfaces, in slices, arrays, maps
// and their keys, in exported fields. It drops unexported fields if their type,
// interfaces aside, leads to such a string. Maps whose type has a LogValue
// method become empty. A type without secrets costs one search. Errors are not
// changed: the handler prints their text.
func RedactSecrets(_ []string, a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	if v.Kind() != slog.KindAny {
		return slog.Attr{Key: a.Key, Value: v}
	}
	if _, isError := v.Any().(error); isError {
		return a
	}
	if shown, changed := logged.Apply(v.Any(), nil); changed {
		a.Value = slog.AnyValue(shown)
	}
	return a
}

// Show prints a struct as %+v does, for the Format method of a type that
// contains a secret. Otherwise package fmt skips the secret's own method behind
// a pointer under a verb that does not fit, such as %s.
func Show(w io.Writer, v any) {
	fields, before := reflect.ValueOf(v), "{"
	for i := range fields.NumField() {
		_, _ = fmt.Fprintf(w, "%s%s:%+v", before, fields.Type().Field(i).Name, fields.Field(i))
		before = " "
	}
	_, _ = io.WriteString(w, "}") // a fmt.State has no error to return
}
