package bluesnaptest

import (
	"net/http"
	"strings"
	"time"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

const (
	keyHeader    = "Idempotency-Key"
	locationName = "Location"
	maxKey       = 64 // characters
)

// keyRules are the rules of the vendor's pages on idempotency and errors.
func keyRules() fakeserver.KeyRules {
	return fakeserver.KeyRules{Header: keyHeader, Memory: 24 * time.Hour, Check: checkKey, Mark: echo}
}

// checkKey rejects keys that are too long or contain anything but letters,
// digits and hyphens (documented).
func checkKey(key string) fakeserver.Reason {
	switch {
	case strings.ContainsFunc(key, foreign):
		return fakeserver.ReasonKeyMalformed
	case len(key) > maxKey:
		return fakeserver.ReasonKeyTooLong
	default:
		return ""
	}
}

// foreign reports whether a key must not contain a character; letters are ASCII
// letters (inferred).
func foreign(c rune) bool {
	letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	return !letter && (c < '0' || c > '9') && c != '-'
}

func echo(header http.Header, key string, _ bool) { header.Set(keyHeader, key) }
