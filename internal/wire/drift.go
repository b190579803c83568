package wire

// Drift is one difference between a document and what its reader knows: names
// and kinds, never a value. [idem.Drift] describes the fields.
type Drift struct {
	Kind, Path, Field, Want, Got string

	Kept bool // of DriftType: the value could be read all the same
}

// The kinds of drift, as in package idem.
const (
	DriftUnknownField = "unknown field"
	DriftMissingField = "missing field"
	DriftType         = "type"
	DriftItem         = "item left out"
	DriftValue        = "unknown value"
	DriftTag          = "type tag"
)

// cutMark is the path of the last drift of a list that was cut.
const cutMark = "..."

// Loses reports whether the value lacks something because of the drift.
func (d *Drift) Loses() bool { return d.Kind == DriftItem || d.Kind == DriftType && !d.Kept }
