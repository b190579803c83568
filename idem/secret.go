package idem

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a string that opens something: a passcode, an access code, a lookup
// token. Package fmt prints "[redacted]" in its place under every verb, inside
// structs too, save in fields that are not exported, of which fmt calls no
// methods. Package log/slog does so where a Secret is an attribute's value, and
// its text handler wherever fmt does.
//
// encoding/json writes the text, because programs have to store what they were
// given. So does the JSON handler of log/slog for a Secret inside a struct,
// slice or map: set the RedactSecrets of the vendor's package as its
// ReplaceAttr. string(s) is the text itself.
type Secret string

const redacted = "[redacted]"

// Format writes "[redacted]" under every verb.
func (Secret) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, redacted) // a fmt.State has no error to return
}

// String returns "[redacted]".
func (Secret) String() string { return redacted }

// LogValue returns "[redacted]", for log/slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
