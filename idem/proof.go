package idem

import "net/http"

// ProofKind is what the response of a success proves of the operation.
type ProofKind uint8

const (
	// ProvesNothing: anyone on the way may have written it, such as a gateway
	// with a maintenance page.
	ProvesNothing ProofKind = iota
	// ProvesField: it has a field that the operation's responses have and that
	// intermediaries' do not. With the API's request id it proves the
	// execution.
	ProvesField
	// ProvesExecution: it is the API's own response of this operation.
	ProvesExecution
	// ProvesOther: it contradicts the operation: an error, a list where an
	// object is expected, or the response of another operation.
	ProvesOther
)

// Proof is what [Operation.Prove] finds in the response of a success.
type Proof struct {
	// Kind is what the response proves.
	Kind ProofKind
	// Complete: the response is whole and has all that a caller cannot do
	// without, such as the id of what was made.
	Complete bool
}

// testimony is what the response of a success proves (R26).
func (s *evidence) testimony(op *Operation, p *Profile) Proof {
	switch {
	case s.proven:
		return Proof{ProvesExecution, true}
	case op.Prove != nil:
		return op.Prove(s.Status, s.Header, s.readable())
	case s.TooLarge, s.BodyErr != nil:
		return Proof{}
	default:
		return op.BodyFormat.prove(s, p)
	}
}

// prove is the proof of an operation that has none of its own.
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

// own reports whether the response is the API's own word that the operation was
// executed. A request id alone proves nothing: the API's edge may add it to a
// page of its own.
func (k ProofKind) own(p *Profile, h http.Header) bool {
	return k == ProvesExecution || k == ProvesField && hasRequestID(p, h)
}
