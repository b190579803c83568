package bluesnap

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"strings"

	"github.com/bardge/bardge-go/internal/wire"
)

// Secret is a string that pays or opens something: a card's number, its
// security code, an account's number, a token. Only the request to the vendor
// carries the text. Package fmt, log/slog and every encoding (encoding/json,
// encoding/xml, encoding/gob) write "[redacted]", at any depth, except for
// unexported fields and the keys of maps; [RedactSecrets] covers both in logs.
// Reading "[redacted]" is an error. string(card.Number) is the text.
type Secret string

// RedactSecrets is a ReplaceAttr for [slog.HandlerOptions]. It redacts each
// [Secret] in an attribute's value, and each string of another type with a
// LogValue method, at any depth: behind pointers and interfaces, in slices,
// arrays, maps and their keys, in exported fields. Unexported fields are
// dropped if their type leads to a Secret; behind an interface they are not
// examined. [Extra] becomes empty. Errors stay as they are.
func RedactSecrets(groups []string, a slog.Attr) slog.Attr { return wire.RedactSecrets(groups, a) }

const redacted = "[redacted]"

// revealed precedes the text of a Secret to be written. No caller can know it.
var revealed = rand.Text()

var requestSecrets = wire.NewMapping(reflect.TypeFor[Secret]())

// encodeRequest is [wire.Encode] with the text of each Secret.
func encodeRequest(v any) ([]byte, error) { return wire.Encode(withSecrets(v)) }

// withSecrets returns v, of which MarshalJSON and MarshalText write the text of
// each Secret.
func withSecrets(v any) any {
	marked, _ := requestSecrets.Apply(v, func(text string) string { return revealed + text })
	return marked
}

// Format hides the text from package fmt.
func (Secret) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, redacted) // a fmt.State has no error to return
}

// String hides the text.
func (Secret) String() string { return redacted }

// LogValue hides the text from log/slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON hides the text, save in a request to the vendor.
func (s Secret) MarshalJSON() ([]byte, error) {
	text, reveal := strings.CutPrefix(string(s), revealed)
	switch {
	case reveal && text == redacted:
		return nil, errRedacted
	case reveal, s == "":
		return wire.Encode(text)
	default:
		return wire.Encode(redacted)
	}
}

// UnmarshalJSON reads a string or the digits of a number, but no "[redacted]".
func (s *Secret) UnmarshalJSON(b []byte) error {
	var text string
	if len(b) > 0 && b[0] >= '0' && b[0] <= '9' {
		*s = Secret(b)
		return nil
	}
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	if text == redacted {
		return errRedacted
	}
	*s = Secret(text)
	return nil
}

var errRedacted = &wire.ParamError{Name: "secret", Reason: "was redacted when it was encoded"}

// MarshalText hides the text, save in a request to the vendor.
func (s Secret) MarshalText() ([]byte, error) {
	text, reveal := strings.CutPrefix(string(s), revealed)
	switch {
	case reveal && text == redacted:
		return nil, errRedacted
	case reveal:
		return []byte(text), nil
	default:
		return []byte(redacted), nil
	}
}

// MarshalBinary hides the text from encoding/gob.
func (Secret) MarshalBinary() ([]byte, error) { return []byte(redacted), nil }
