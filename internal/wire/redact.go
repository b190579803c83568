package wire

import (
	"fmt"
	"io"
	"log/slog"
	"reflect"
)

// logged replaces what a logger is given by its own log values.
var logged = &Mapping{logged: true}

// RedactSecrets is a ReplaceAttr for [slog.HandlerOptions]. It replaces each string whose
// type has a LogValue method, as those of secrets have, by what that returns, at any
// depth: behind pointers and interfaces, in slices, arrays, maps and their keys, in
// exported fields. Fields that are not exported are dropped if their type leads to such a
// string; behind an interface they are not looked at. Maps whose type has a LogValue
// method become empty. The value itself is not changed. It costs one look-up for a type
// that cannot hold a secret. Errors are left as they are: their text is the handler's.
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

// Show prints a struct as %+v does. It is for the Format method of a type with a
// secret in it: left to itself, package fmt looks past the secret's own behind a
// pointer under a verb that does not fit, such as %s.
func Show(w io.Writer, v any) {
	fields, before := reflect.ValueOf(v), "{"
	for i := range fields.NumField() {
		_, _ = fmt.Fprintf(w, "%s%s:%+v", before, fields.Type().Field(i).Name, fields.Field(i))
		before = " "
	}
	_, _ = io.WriteString(w, "}") // a fmt.State has no error to return
}
