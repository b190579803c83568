package sendonce

import (
	"net/http"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// Evidence is what an attempt brought.
type Evidence struct {
	// Err is why there is no status; nil where there is one. Cause classifies
	// it.
	Err   error
	Cause Cause
	// Proof is what is known about the bytes of a request without a status.
	Proof Proof

	Status int
	Header http.Header
	// Body is what was read of the body, after decompression.
	Body []byte
	// BodyErr is why the body was not read to its end; nil where it was.
	BodyErr error
	// TooLarge: the body is over the size limit.
	TooLarge bool

	// End is when the attempt ended.
	End clock.Timestamp
	// Counted: Gate.Begin was called.
	Counted bool
	// Cancelled: the caller's context was over when the attempt ended without a
	// status.
	Cancelled bool
	// Reused: the connection had served others.
	Reused bool
	// AtServer: the attempt's time was over, and the server had the whole
	// request (R36).
	AtServer bool
}

// ValidStatus reports whether the status is one of a final response.
func (e *Evidence) ValidStatus() bool { return e.Status >= 200 && e.Status <= 599 }

// Proof is what can be proven about the bytes of a request.
type Proof uint8

const (
	// ProofNone: bytes may have left.
	ProofNone Proof = iota
	// ProofNotTried: the request was never given to a connection: it could not
	// be built, was refused before, or its context was over.
	ProofNotTried
	// ProofNoConn: there was no connection.
	ProofNoConn
	// ProofNoByte: not one byte was written on a tracked connection.
	ProofNoByte
)
