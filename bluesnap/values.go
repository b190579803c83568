package bluesnap

import (
	"encoding/json"
	"log/slog"
	"strings"

	"github.com/bardge/bardge-go/wire"
)

// Secret is a string that pays or opens something: a card's number, its security code,
// an account's number, a token. It prints, and every encoding writes it, as
// "[redacted]": only the request to the vendor carries the text. string(card.Number) is
// the text itself. [wire.SendOnly] states the two cases that encodings leave open.
type Secret = wire.SendOnly

// RedactSecrets is a ReplaceAttr for [slog.HandlerOptions], which redacts each [Secret] in
// an attribute's value at any depth, also in fields and keys that encodings do not ask
// about, and empties [Extra]; see [wire.RedactSecrets] for what it covers.
func RedactSecrets(groups []string, a slog.Attr) slog.Attr { return wire.RedactSecrets(groups, a) }

// ID is one of the vendor's numbers for things. Answers carry them as JSON
// strings or as numbers, and both are read; a number is sent as a number
// (inferred from the vendor's examples).
type ID string

// MarshalJSON writes digits as a number, anything else as a string.
func (id ID) MarshalJSON() ([]byte, error) {
	if s := string(id); digits(s) && len(s) <= 18 && !strings.HasPrefix(s, "0") {
		return []byte(s), nil
	}
	return wire.Encode(string(id))
}

// UnmarshalJSON reads a string, a number or null.
func (id *ID) UnmarshalJSON(b []byte) error {
	s, err := readText(b)
	*id = ID(s)
	return err
}

// Amount is a sum of money as a decimal number, such as "11.00": its digits are
// kept as they are, on the way there and back. It is sent as a JSON string
// (documented), and read from a string or a number.
type Amount string

// UnmarshalJSON reads a string, a number or null.
func (a *Amount) UnmarshalJSON(b []byte) error {
	s, err := readText(b)
	*a = Amount(s)
	return err
}

// readText reads a string or, as it is written, a number; null is empty.
func readText(b []byte) (string, error) {
	if string(b) == "null" {
		return "", nil
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err == nil && len(b) > 0 && b[0] != '"' {
		return n.String(), nil
	}
	var s string
	err := json.Unmarshal(b, &s)
	return s, err
}
