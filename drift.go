package bardge

import (
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// Drift is one difference between a response and the contract, in names and
// kinds, never a value.
type Drift = idem.Drift

// DriftKind is a kind of difference.
type DriftKind = idem.DriftKind

// The kinds of drift; see package idem.
const (
	DriftUnknownField = idem.DriftUnknownField
	DriftMissingField = idem.DriftMissingField
	DriftType         = idem.DriftType
	DriftItem         = idem.DriftItem
	DriftValue        = idem.DriftValue
	DriftTag          = idem.DriftTag
	DriftCode         = idem.DriftCode
	DriftErrorType    = idem.DriftErrorType
	DriftStatus       = idem.DriftStatus
	DriftHeader       = idem.DriftHeader
	DriftContentType  = idem.DriftContentType
)

func driftError(found []wire.Drift) idem.DriftError {
	all := make(idem.DriftError, len(found))
	for i, d := range found {
		all[i] = Drift{Kind: DriftKind(d.Kind), Path: d.Path, Field: d.Field, Want: d.Want, Got: d.Got}
	}
	return all
}
