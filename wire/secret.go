package wire

import (
	"fmt"
	"io"
	"log/slog"
	"reflect"
)

// Secret is a string that lets somebody in: a passcode, an access code, a
// lookup token. Package fmt shows "[redacted]" in its place, under every verb
// and inside structs too, save in fields that are not exported, of which fmt calls
// no methods; so does log/slog where it is a value of its own.
// JSON carries the text as it is, so a struct written as JSON shows it. Convert
// a Secret to string where the text itself is wanted.
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
