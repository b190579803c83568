package idem

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/bardge/bardge-go/journal"
)

// seal encrypts what a journal keeps of requests and responses (J9): AES-256-GCM with
// a key derived by HKDF from each secret. What the engine believes of a record's other
// columns is associated data (J14). The first secret seals; all of them open, so that
// records outlive a rotation. The nil seal leaves the text as it is, and opens nothing
// else.
type seal struct {
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

	// minSecret is how long a secret must be, in bytes.
	minSecret = 16
)

// ErrJournalSecret: the journal's record was sealed with a secret that is not
// among those given. Nothing was changed.
var ErrJournalSecret = errors.New("the journal was sealed with another secret")

// errUnsealed is a record in the clear where a secret is set: anybody who can write
// the table may have made it (J14).
var errUnsealed = fmt.Errorf("the record is in the clear, although a secret is set: %w", ErrJournalSecret)

// newSeal derives the keys; no secrets make the nil seal.
func newSeal(secrets [][]byte) (*seal, error) {
	if len(secrets) == 0 {
		return nil, nil //nolint:nilnil // the nil seal is the open one
	}
	s := &seal{}
	for _, secret := range secrets {
		if len(secret) < minSecret {
			return nil, &InvalidError{Field: "journal secret", Reason: "has fewer than 16 bytes"}
		}
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

// close seals text, together with associated data.
func (s *seal) close(associated, text []byte) []byte {
	if s == nil {
		return append([]byte{sealNone}, text...)
	}
	k := s.keys[0]
	out := make([]byte, 0, 1+sealIDSize+len(text)+k.aead.Overhead())
	out = append(append(out, sealGCM), k.id...)
	return k.aead.Seal(out, nil, text, associated) //nolint:gosec // it makes a nonce of its own
}

// open returns the text that was sealed with this associated data, or
// ErrJournalSecret.
func (s *seal) open(associated, sealed []byte) ([]byte, error) {
	if len(sealed) > 0 && sealed[0] == sealNone {
		if s != nil {
			return nil, errUnsealed
		}
		return sealed[1:], nil
	}
	if s == nil || len(sealed) < 1+sealIDSize || sealed[0] != sealGCM {
		return nil, ErrJournalSecret
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
	return nil, ErrJournalSecret
}

// sealedByFirst reports whether the first secret has sealed this, or none is needed.
func (s *seal) sealedByFirst(sealed []byte) bool {
	return s == nil || len(sealed) > sealIDSize && bytes.Equal(sealed[1:1+sealIDSize], s.keys[0].id)
}

// associatedData is what is bound to a record's sealed text: whose journal it is in,
// and the columns that decide what is sent and what callers get (J14). Each part
// comes with its length.
func associatedData(account Account, r *journal.Record) []byte {
	parts := [...]string{
		account.Vendor, account.BaseURL, account.Name,
		r.ID, r.Operation, r.Key, r.Scope, r.Resource, r.Outcome.String(),
	}
	out := make([]byte, 0, 256) // of most records
	for _, p := range parts {
		out = binary.AppendUvarint(out, uint64(len(p)))
		out = append(out, p...)
	}
	out = binary.AppendVarint(out, int64(r.Generation))
	out = binary.AppendVarint(out, r.Since.UnixMicro())
	if r.Reserved {
		out = append(out, 1)
	}
	return out
}
