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

// keyRules are the vendor's, from its pages on idempotency and its errors.
func keyRules() fakeserver.KeyRules {
	return fakeserver.KeyRules{Header: keyHeader, Memory: 24 * time.Hour, Check: checkKey, Mark: echo}
}

// checkKey objects to keys that are too long or hold anything but letters, digits and hyphens (documented).
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

// foreign tells characters that no key may hold; letters are those of ASCII (inferred).
func foreign(c rune) bool {
	letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	return !letter && (c < '0' || c > '9') && c != '-'
}

// echo sends the key back.
func echo(header http.Header, key string, _ bool) { header.Set(keyHeader, key) }
