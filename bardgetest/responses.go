package bardgetest

import (
	"net/http"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
)

// Done returns the response of a call that was executed at its first attempt.
// The operation is named as in [bardge.Error], such as "IssuePass"; an unknown
// name panics here and in the other functions.
func Done(operation string) *bardge.Response {
	r := newResponse(operation, bardge.OutcomeDone)
	r.StatusCode, r.Header = http.StatusOK, http.Header{}
	return r
}

// Replayed returns the response of a call whose operation an earlier attempt
// had executed: the server returned the stored response.
func Replayed(operation string) *bardge.Response {
	r := Done(operation)
	r.Replayed = true
	return r
}

// Recovered returns the response of a call whose own response was lost, and
// whose value was read back from the API.
func Recovered(operation string) *bardge.Response {
	r := Done(operation)
	r.Recovered = true
	return r
}

// FromJournal returns the response of a call whose result came from the
// journal; the call sent nothing.
func FromJournal(operation string) *bardge.Response {
	r := Done(operation)
	r.FromJournal = true
	return r
}

// NotRecorded returns the response of a call that was executed and whose result
// the journal could not record: a later call with the same ref does not find
// it.
func NotRecorded(operation string) *bardge.Response {
	r := Done(operation)
	r.RecordErr = bardge.ErrJournal
	return r
}

// newResponse makes a response, with a new key where the operation sends one.
func newResponse(operation string, outcome bardge.Outcome) *bardge.Response {
	r := &bardge.Response{Operation: operation, Outcome: outcome}
	switch operationOf(operation).Class {
	case gen.RetryClassKeyed, gen.RetryClassKeyUnverified:
		r.Key = bardge.NewKey()
	}
	return r
}
