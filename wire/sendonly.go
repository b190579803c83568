package wire

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// SendOnly is a Secret that requests carry and no response returns whole: a card's
// number, its security code, a bank account's number. Nothing but [EncodeRequest] writes
// the text. Package fmt, log/slog and every encoding (encoding/json, encoding/xml,
// encoding/gob) show "[redacted]", at any depth, save two cases that they give a type no
// say in: fields that are not exported, and the keys of maps. Reading "[redacted]" back
// is an error. Convert a SendOnly to string where the text itself is wanted.
type SendOnly string

// revealed leads the text of a SendOnly that is to be written. No caller can know it.
var revealed = rand.Text()

// requestSecrets marks what a request is to carry.
var requestSecrets = newMapping(sendOnlyType)

// EncodeRequest is [Encode] for the body of a request: it writes the text of each
// SendOnly.
func EncodeRequest(v any) ([]byte, error) {
	marked, _ := requestSecrets.apply(v, func(text string) string { return revealed + text })
	return Encode(marked)
}

// Format hides the text from package fmt.
func (SendOnly) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, redacted) // a fmt.State has no error to return
}

// String hides the text.
func (SendOnly) String() string { return redacted }

// LogValue hides the text from log/slog.
func (SendOnly) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON hides the text, save from EncodeRequest.
func (s SendOnly) MarshalJSON() ([]byte, error) {
	text, reveal := strings.CutPrefix(string(s), revealed)
	switch {
	case reveal && text == redacted:
		return nil, errRedacted
	case reveal, s == "":
		return Encode(text)
	default:
		return Encode(redacted)
	}
}

// UnmarshalJSON reads a string or, digit by digit, a number, and refuses what was
// redacted.
func (s *SendOnly) UnmarshalJSON(b []byte) error {
	var text string
	if len(b) > 0 && b[0] >= '0' && b[0] <= '9' {
		*s = SendOnly(b)
		return nil
	}
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	if text == redacted {
		return errRedacted
	}
	*s = SendOnly(text)
	return nil
}

var errRedacted = &ParamError{Name: "secret", Reason: "was redacted when it was encoded"}

// MarshalText hides the text.
func (SendOnly) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalBinary hides the text from encoding/gob.
func (SendOnly) MarshalBinary() ([]byte, error) { return []byte(redacted), nil }
