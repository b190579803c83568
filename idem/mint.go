package idem

import (
	"encoding/hex"
	"time"

	"github.com/google/uuid"
)

// withMint sets how keys are written, and refuses a profile that could send no
// key of its own.
func (p Profile) withMint() (Profile, error) {
	id, another := newUUIDv7(time.Now()), newUUIDv7(time.Now())
	if p.MintKey != nil && p.MintKey(id) == p.MintKey(another) {
		return p, profileError("MintKey", "writes the same key of different bytes")
	}
	forms := []func([16]byte) string{canonicalUUID, uuidDigits}
	if p.MintKey != nil {
		forms = []func([16]byte) string{p.MintKey}
	}
	var err error
	for _, form := range forms {
		if err = p.checkKey(form(id)); err == nil {
			p.MintKey, p.ownMint = form, p.MintKey != nil
			return p, nil
		}
	}
	reason := "is needed: a UUID is not one of the vendor's keys"
	if p.MintKey != nil {
		reason = "writes keys that the profile does not allow"
	}
	return p, profileError("MintKey", reason)
}

func canonicalUUID(id [16]byte) string { return uuid.UUID(id).String() }

func uuidDigits(id [16]byte) string { return hex.EncodeToString(id[:]) }

// checkMinted refuses a key that a profile's MintKey should not have written:
// under an empty one nothing protects a repetition.
func checkMinted(p *Profile, key string) error {
	if p.ownMint && p.checkKey(key) != nil {
		return profileError("MintKey", "has written a key that the profile does not allow")
	}
	return nil
}

// NewKey mints a key that was never sent, in the profile's form.
func (e *Engine) NewKey() Key {
	return Key{value: e.profile.MintKey(newUUIDv7(e.clock.Now().WallTime())), tracker: newKeyTracker()}
}
