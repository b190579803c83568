package claim

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
)

// Seal encrypts what a journal keeps of requests and responses (J9):
// AES-256-GCM with a key derived by HKDF from each secret. What the engine
// believes of a record's other columns is associated data (J14). The first
// secret seals; all of them open, so that records outlive a rotation. The nil
// Seal leaves the text as it is, and opens nothing else.
type Seal struct {
	keys []sealKey
}

type sealKey struct {
	id   []byte // tells which key sealed a record
	aead cipher.AEAD
}

const (
	sealNone = 0 // the first byte of a text that is not encrypted
	sealGCM  = 1 // of one that is: then the key's id, the nonce, the ciphertext

	sealIDSize = 8

	// MinSecret is how long a secret must be, in bytes.
	MinSecret = 16
)

// errUnsealed is a record in the clear where a secret is set: one who can write
// the table may have made it (J14).
var errUnsealed = fmt.Errorf("the record is in the clear, although a secret is set: %w", ErrSecret)

// NewSeal derives the keys of secrets that have MinSecret bytes or more. No
// secrets make the nil Seal.
func NewSeal(secrets [][]byte) (*Seal, error) {
	if len(secrets) == 0 {
		return nil, nil //nolint:nilnil // the nil Seal is the open one
	}
	s := &Seal{}
	for _, secret := range secrets {
		k, err := deriveSealKey(secret)
		if err != nil {
			return nil, err
		}
		s.keys = append(s.keys, k)
	}
	return s, nil
}

func deriveSealKey(secret []byte) (sealKey, error) {
	const purpose = "idem journal v1: "
	id, err := hkdf.Key(sha256.New, secret, nil, purpose+"id", sealIDSize)
	if err != nil {
		return sealKey{}, err
	}
	key, err := hkdf.Key(sha256.New, secret, nil, purpose+"AES-256-GCM", 32)
	if err != nil {
		return sealKey{}, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return sealKey{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return sealKey{id: id, aead: aead}, err
}

// Close seals text, together with associated data.
func (s *Seal) Close(associated, text []byte) []byte {
	if s == nil {
		return append([]byte{sealNone}, text...)
	}
	k := s.keys[0]
	out := make([]byte, 0, 1+sealIDSize+len(text)+k.aead.Overhead())
	out = append(append(out, sealGCM), k.id...)
	return k.aead.Seal(out, nil, text, associated) //nolint:gosec // it makes a nonce of its own
}

// Open returns the text that was sealed with this associated data, or
// ErrSecret.
func (s *Seal) Open(associated, sealed []byte) ([]byte, error) {
	if len(sealed) > 0 && sealed[0] == sealNone {
		if s != nil {
			return nil, errUnsealed
		}
		return sealed[1:], nil
	}
	if s == nil || len(sealed) < 1+sealIDSize || sealed[0] != sealGCM {
		return nil, ErrSecret
	}
	keyID, rest := sealed[1:1+sealIDSize], sealed[1+sealIDSize:]
	for _, k := range s.keys {
		if !bytes.Equal(k.id, keyID) {
			continue
		}
		if text, err := k.aead.Open(nil, nil, rest, associated); err == nil {
			return text, nil
		}
	}
	return nil, ErrSecret
}

// IsCurrent reports whether the first secret has sealed this, or none is
// needed.
func (s *Seal) IsCurrent(sealed []byte) bool {
	return s == nil || len(sealed) > sealIDSize && bytes.Equal(sealed[1:1+sealIDSize], s.keys[0].id)
}
