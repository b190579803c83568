package idem

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/maphash"
)

// requestHash distinguishes requests under one key: operation, method, URL,
// body. It is this process's own. Where two collide (2^-64), the server still
// sees the difference.
type requestHash uint64

var hashSeed = maphash.MakeSeed()

// digestOf is a fingerprint that means the same everywhere and for ever: of the
// parts, each with its length so that no two lists of parts look alike, and the
// body.
func digestOf(body []byte, parts ...string) [sha256.Size]byte {
	text := make([]byte, 0, 512)
	for _, p := range parts {
		text = binary.BigEndian.AppendUint64(text, uint64(len(p)))
		text = append(text, p...)
	}
	return sha256.Sum256(append(text, body...))
}

// scopeDigest is a scope as the journal keeps it; none for the empty one.
func scopeDigest(scope string) string {
	if scope == "" {
		return ""
	}
	sum := digestOf(nil, scope)
	return hex.EncodeToString(sum[:16])
}
