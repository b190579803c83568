package wire

import (
	"fmt"
	"io"
	"log/slog"
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
