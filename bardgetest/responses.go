package bardgetest

import (
	"net/http"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
)

// Done returns the response of a call that was executed at its first attempt.
func Done(operation string) *bardge.Response {
	r := newResponse(operation, bardge.OutcomeDone)
	r.StatusCode, r.Header = http.StatusOK, http.Header{}
	return r
}

// Replayed returns the stored response of a call that had been executed.
func Replayed(operation string) *bardge.Response {
	r := Done(operation)
	r.Replayed = true
	return r
}

// Recovered returns the response of a call whose value was read from the API.
func Recovered(operation string) *bardge.Response {
	r := Done(operation)
	r.Recovered = true
	return r
}

// FromJournal returns the response of a call whose result the journal had.
func FromJournal(operation string) *bardge.Response {
	r := Done(operation)
	r.FromJournal = true
	return r
}

// NotRecorded returns the response of a call that was executed, but not
// recorded: a later call with the same ref does not find its result.
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
