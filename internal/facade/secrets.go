package facade

import (
	"fmt"

	"github.com/bardge/bardge-go/idem"
)

// minSecret is the least length of what seals a journal, in bytes: a shorter one could
// be found by trying.
const minSecret = 16

// Secrets lists what seals a journal, and what did before.
func Secrets(secret []byte, previous [][]byte) ([][]byte, error) {
	if len(secret) < minSecret {
		return nil, &idem.InvalidError{
			Field:  "journal secret",
			Reason: fmt.Sprintf("has less than %d bytes", minSecret),
		}
	}
	return append([][]byte{secret}, previous...), nil
}
