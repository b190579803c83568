package idem

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
)

// seal encrypts what a journal keeps of requests and answers (J9): AES-256-GCM,
// bound to the record's id, with a key derived by HKDF from each secret. The
// first secret seals; all of them open, so that records outlive a rotation. The
// nil seal leaves the text as it is.
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
)

// newSeal derives the keys; no secrets make the nil seal.
func newSeal(secrets [][]byte) (*seal, error) {
	if len(secrets) == 0 {
		return nil, nil //nolint:nilnil // the nil seal is the open one
	}
	s := &seal{}
	for _, secret := range secrets {
		if len(secret) == 0 {
			return nil, &InvalidError{Field: "journal secret", Reason: "is empty"}
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

// close seals text for the record with this id.
func (s *seal) close(id string, text []byte) []byte {
	if s == nil {
		return append([]byte{sealNone}, text...)
	}
	k := s.keys[0]
	out := make([]byte, 0, 1+sealIDSize+len(text)+k.aead.Overhead())
	out = append(append(out, sealGCM), k.id...)
	return k.aead.Seal(out, nil, text, []byte(id)) //nolint:gosec // it makes a nonce of its own
}

// open returns the text that was sealed for this id, or ErrJournalSecret.
func (s *seal) open(id string, sealed []byte) ([]byte, error) {
	if len(sealed) > 0 && sealed[0] == sealNone {
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
		if text, err := k.aead.Open(nil, nil, rest, []byte(id)); err == nil {
			return text, nil
		}
	}
	return nil, ErrJournalSecret
}
