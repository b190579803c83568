package wire

import (
	"fmt"
	"io"
	"log/slog"
	"reflect"
)

// Secret is a string that opens something: a passcode, an access code, a lookup token.
// Package fmt shows "[redacted]" in its place under every verb, inside structs too, save
// in fields that are not exported, of which fmt calls no methods. Package log/slog does
// so where a Secret is an attribute's value, and its text handler wherever fmt does.
//
// encoding/json writes the text, because programs have to store what they were given. So
// does the JSON handler of log/slog for a Secret inside a struct, slice or map: set
// [RedactSecrets] as its ReplaceAttr. Convert a Secret to string where the text itself is
// wanted.
type Secret string

const redacted = "[redacted]"

// Format hides the text from package fmt.
func (Secret) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, redacted) // there is nobody to tell of an error
}

// String hides the text from whoever asks for a [fmt.Stringer].
func (Secret) String() string { return redacted }

// LogValue hides the text from log/slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// loggedSecrets hides what a logger is given.
var loggedSecrets = &mapping{secrets: []reflect.Type{secretType, sendOnlyType}, logged: true}

// RedactSecrets is a ReplaceAttr for [slog.HandlerOptions]. It replaces each Secret in an
// attribute's value by "[redacted]", at any depth: behind pointers and interfaces, in
// slices, arrays, maps and their keys, in exported fields. Fields that are not exported
// are dropped if their type leads to a Secret; behind an interface they are not looked
// at. Maps that hide themselves from loggers become empty. The value itself is not
// changed. It costs one look-up for a type that cannot hold a Secret. Errors are left as
// they are: their text is the handler's.
func RedactSecrets(_ []string, a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	if v.Kind() != slog.KindAny {
		return slog.Attr{Key: a.Key, Value: v}
	}
	if _, isError := v.Any().(error); isError {
		return a
	}
	if shown, changed := loggedSecrets.apply(v.Any(), func(string) string { return redacted }); changed {
		a.Value = slog.AnyValue(shown)
	}
	return a
}

// Show prints a struct as %+v does. It is for the Format method of a type with a
// [Secret] in it: left to itself, package fmt looks past the Secret's own behind a
// pointer under a verb that does not fit, such as %s.
func Show(w io.Writer, v any) {
	fields, before := reflect.ValueOf(v), "{"
	for i := range fields.NumField() {
		_, _ = fmt.Fprintf(w, "%s%s:%+v", before, fields.Type().Field(i).Name, fields.Field(i))
		before = " "
	}
	_, _ = io.WriteString(w, "}") // a fmt.State has nobody to tell of an error
}
