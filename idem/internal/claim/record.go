package claim

import (
	"encoding/binary"
	"encoding/json"

	"github.com/bardge/bardge-go/journal"
)

// Account is whom a journal belongs to (J12).
type Account struct{ Vendor, BaseURL, Name string }

// PayloadVersion is the first byte of a sealed payload. A later version may
// have fields that must not be ignored.
const PayloadVersion = 1

// CloseRecord seals a payload, written as JSON, into a record.
func (s *Seal) CloseRecord(a Account, rec *journal.Record, payload any) error {
	text, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	text = append([]byte{PayloadVersion}, text...)
	rec.Sealed = s.Close(AssociatedData(a, rec), text)
	return nil
}

// OpenRecord reads the payload of a record that was sealed for one of the
// accounts. It fails with ErrSecret or ErrVersion.
func (s *Seal) OpenRecord(accounts []Account, rec *journal.Record, payload any) error {
	text, err := s.openFor(accounts, rec)
	switch {
	case err != nil:
		return err
	case len(text) == 0 || text[0] < PayloadVersion:
		return ErrSecret // no engine has sealed this
	case text[0] > PayloadVersion:
		return ErrVersion
	}
	if err := json.Unmarshal(text[1:], payload); err != nil {
		return ErrSecret // what was sealed by an engine reads as JSON
	}
	return nil
}

// openFor opens what was sealed for one of the accounts.
func (s *Seal) openFor(accounts []Account, rec *journal.Record) (text []byte, err error) {
	err = ErrSecret
	for _, a := range accounts {
		if text, err = s.Open(AssociatedData(a, rec), rec.Sealed); err == nil {
			break
		}
	}
	return text, err
}

// AssociatedData is bound to a record's sealed payload: whose journal it is in,
// and the columns that decide what is sent and what callers learn (J14). Each
// part comes with its length.
func AssociatedData(a Account, r *journal.Record) []byte {
	parts := [...]string{
		a.Vendor, a.BaseURL, a.Name,
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
