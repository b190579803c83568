package idem

import "net/http"

// ProofKind is what the response of a success proves of the operation.
type ProofKind uint8

const (
	// ProvesNothing: an intermediary may have written it.
	ProvesNothing ProofKind = iota
	// ProvesField: it has a field that the responses of intermediaries do not
	// have. With the API's request id it proves that the operation was
	// executed.
	ProvesField
	// ProvesExecution: it is the API's own response of this operation, which
	// was executed.
	ProvesExecution
	// ProvesOther: it contradicts the operation: an error, a list where an
	// object is expected, or the response of another operation.
	ProvesOther
)

// Proof is what [Operation.Prove] finds in the response of a success.
type Proof struct {
	Kind     ProofKind // what it proves
	Complete bool      // it is whole, with all that a caller cannot do without, such as an id
}

// testimony is what the response of a success proves (R26).
func (s *evidence) testimony(op *Operation, p *Profile) Proof {
	switch {
	case s.proven:
		return Proof{ProvesExecution, true}
	case op.Prove != nil:
		return op.Prove(s.Status, s.Header, s.readable())
	case op.BodyFormat == BodyAny:
		return Proof{ProvesExecution, true}
	case s.TooLarge, s.BodyErr != nil:
		return Proof{}
	default:
		return op.BodyFormat.prove(s, p)
	}
}

// prove is for an operation without a Prove of its own: one whole document of
// the right form and media type is proof.
func (f BodyFormat) prove(s *evidence, p *Profile) Proof {
	if !f.matchesType(s.Header, p) {
		return Proof{}
	}
	switch s.kind(f) {
	case bodyWhole:
		return Proof{ProvesExecution, true}
	case bodyNotObject:
		return Proof{Kind: ProvesOther}
	default:
		return Proof{}
	}
}

// own reports whether the response proves that the operation was executed. A
// request id alone does not: the API's edge may add it to a page of its own.
func (k ProofKind) own(p *Profile, h http.Header) bool {
	return k == ProvesExecution || k == ProvesField && hasRequestID(p, h)
}
