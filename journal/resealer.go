package journal

import "context"

// Resealer is what a [Journal] implements so that what is sealed in its records
// can be sealed anew, for example under another secret, while programs use the
// journal.
type Resealer interface {
	// Reseal replaces the Sealed of the record with this id, durably, if the
	// stored record has this version. It changes nothing else (J18): not the
	// version either, so that the owner of the record does not lose it. It
	// reports false, having written nothing, if the versions differ or there is
	// no record. Errors are as in Save.
	Reseal(ctx context.Context, id string, version int64, sealed []byte) (bool, error)
}
