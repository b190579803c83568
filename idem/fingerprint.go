package idem

import (
	"crypto/sha256"
	"encoding/binary"
)

// fingerprint tells requests under one key apart: operation, method, URL, body.
type fingerprint [sha256.Size]byte

func fingerprintOf(body []byte, parts ...string) fingerprint {
	text := make([]byte, 0, 512)
	for _, p := range parts {
		text = binary.BigEndian.AppendUint64(text, uint64(len(p)))
		text = append(text, p...)
	}
	text = append(text, body...)
	return sha256.Sum256(text)
}
