package claim

import (
	"errors"

	"github.com/bardge/bardge-go/journal"
)

// Sealing is how a record is sealed.
type Sealing uint8

const (
	// SealedCurrent: under the first secret, for the first account.
	SealedCurrent Sealing = iota
	// SealedBefore: under another of the secrets, or for another of the
	// accounts.
	SealedBefore
	// SealedClear: the record lies in the clear, although a secret is set.
	SealedClear
)

// Reseal seals a record anew, under the first secret and for the first account,
// and returns how it was sealed before. It decodes nothing, so that the payload
// of a later version stays as it is. A record in the clear is resealed, too;
// whether to trust it is for the caller to decide. The error is ErrSecret.
func (s *Seal) Reseal(accounts []Account, rec *journal.Record) (Sealing, error) {
	text, err := s.openFor(accounts[:1], rec)
	if err == nil && s.IsCurrent(rec.Sealed) {
		return SealedCurrent, nil
	}
	how := SealedBefore
	if err != nil {
		text, err = s.openFor(accounts, rec)
	}
	if errors.Is(err, errUnsealed) {
		how, text, err = SealedClear, rec.Sealed[1:], nil
	}
	if err != nil {
		return how, err
	}
	rec.Sealed = s.Close(AssociatedData(accounts[0], rec), text)
	return how, nil
}
