package idem

import (
	"crypto/sha256"
	"encoding/binary"
)

// fingerprint tells requests under one key apart: operation, method, URL, body.
type fingerprint [sha256.Size]byte

func fingerprintOf(parts ...[]byte) fingerprint {
	h := sha256.New()
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write(p)
	}
	return fingerprint(h.Sum(nil))
}
