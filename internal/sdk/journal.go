package sdk

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// minSecret is in bytes: a shorter secret could be guessed.
const minSecret = 16

func checkSecrets(all [][]byte) ([][]byte, error) {
	for _, each := range all {
		if len(each) < minSecret {
			return nil, badSecret(fmt.Sprintf("has fewer than %d bytes", minSecret))
		}
	}
	return all, nil
}

// defaultSecret makes a credential the secret of a journal, unless it is too
// short. Errors refer to it by name.
func defaultSecret(credential, name string) ([][]byte, error) {
	switch {
	case credential == "":
		return nil, badSecret("is needed, since " + name + " is not known in advance")
	case len(credential) < minSecret:
		return nil, badSecret(fmt.Sprintf("is needed, since %s has fewer than %d bytes", name, minSecret))
	default:
		return [][]byte{[]byte(credential)}, nil
	}
}

func badSecret(reason string) error {
	return &idem.InvalidError{Field: "journal secret", Reason: reason}
}

// maxAccount is in bytes.
const maxAccount = 200

func checkJournal(j journal.Journal, account string) error {
	switch {
	case IsNil(j):
		return &idem.InvalidError{Field: "journal", Reason: "is nil"}
	case account == "":
		return &idem.InvalidError{Field: "account", Reason: "is empty"}
	case len(account) > maxAccount:
		return &idem.InvalidError{Field: "account", Reason: fmt.Sprintf("has more than %d bytes", maxAccount)}
	case !utf8.ValidString(account) || strings.ContainsFunc(account, unicode.IsControl):
		return &idem.InvalidError{Field: "account", Reason: "has a control character or is not UTF-8"}
	}
	return nil
}
