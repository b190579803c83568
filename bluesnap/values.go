package bluesnap

import (
	"encoding/json"
	"strings"

	"github.com/bardge/bardge-go/internal/wire"
)

// ID is one of the vendor's numbers for things. It is read from a string or a
// number, and sent as a number (inferred from the vendor's examples).
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

// Amount is a sum of money as a decimal number, such as "11.00", whose digits
// are kept. It is sent as a string (documented), and read from a number too.
type Amount string

// UnmarshalJSON reads a string, a number or null.
func (a *Amount) UnmarshalJSON(b []byte) error {
	s, err := readText(b)
	*a = Amount(s)
	return err
}

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
