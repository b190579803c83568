package bulk

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// failure makes the error of a call that has made so many attempts.
func failure(o bardge.Outcome, status, attempts int, helps bool, err error) *bardge.Error {
	return &bardge.Error{
		Operation: "IssuePass", Outcome: o, Ref: "policy-1", RetryHelps: helps, Err: err,
		Response: &bardge.Response{StatusCode: status, Attempts: make([]bardge.Attempt, attempts)},
	}
}

func TestClassify(t *testing.T) {
	used := func() *itemRecord { return &itemRecord{touched: true} }
	for _, row := range []struct {
		name   string
		err    error
		record *itemRecord
		status Status
		reason string
		outage bool
	}{
		{"done", nil, &itemRecord{touched: true, written: true}, Done, "", false},
		{"from the journal", nil, &itemRecord{touched: true, done: true}, FromJournal, "", false},
		{"without the ref", nil, &itemRecord{}, InDoubt, ErrRefNotUsed.Error(), false},
		{"response lost", failure(bardge.OutcomeDone, 200, 1, false, bardge.ErrResponseLost), used(), Done, bardge.ErrResponseLost.Error(), false},
		{"response lost before", failure(bardge.OutcomeDone, 0, 0, false, bardge.ErrResponseLost), &itemRecord{touched: true, done: true}, FromJournal, bardge.ErrResponseLost.Error(), false},
		{"rejected", failure(bardge.OutcomeRejected, 404, 1, false, nil), used(), Failed, "status 404", false},
		{"rate limited", failure(bardge.OutcomeRejected, 429, 6, true, nil), used(), Waiting, "rate limited", false},
		{"not sent", failure(bardge.OutcomeNotSent, 0, 3, true, nil), used(), Waiting, "no response", true},
		{"unknown, and repeating helps", failure(bardge.OutcomeUnknown, 503, 6, true, nil), used(), Waiting, "status 503", true},
		{"unknown, past the window", failure(bardge.OutcomeUnknown, 0, 6, false, bardge.ErrKeyExpired), used(), InDoubt, bardge.ErrKeyExpired.Error(), true},
		{"the same, nothing sent now", failure(bardge.OutcomeUnknown, 0, 0, false, bardge.ErrKeyExpired), used(), InDoubt, bardge.ErrKeyExpired.Error(), false},
		{"another content", failure(bardge.OutcomeUnknown, 0, 0, false, &bardge.RefReusedError{}), used(), Failed, "the item's content has changed under its ref", false},
		{"cancelled before it was sent", failure(bardge.OutcomeNotSent, 0, 0, true, context.Canceled), used(), Waiting, "cancelled", false},
		{"the journal's connection", failure(bardge.OutcomeNotSent, 0, 0, true, errors.Join(bardge.ErrJournal, journal.CauseConnection)), used(), Waiting, "the journal failed", true},
		{"invalid", &bardge.InvalidError{Field: "client_id", Reason: "is empty"}, &itemRecord{}, Failed, "client_id is empty", false},
		{"the function's own, before the call", errors.New("x"), &itemRecord{}, Failed, "the function failed", false},
		{"the function's own, after the call", errors.New("x"), used(), Waiting, "the function failed", false},
		{"a panic before the call", newPanicError("x"), &itemRecord{}, Failed, "the function panicked", false},
		{"a panic after the call", newPanicError("x"), used(), InDoubt, "the function panicked", false},
		{"another vendor's", &idem.Failure{Outcome: idem.OutcomeUnknown, RetryHelps: true}, used(), Waiting, "no response", true},
		{"wrapped", fmt.Errorf("member 7: %w", failure(bardge.OutcomeRejected, 400, 1, false, nil)), used(), Failed, "status 400", false},
	} {
		r := Result[int]{Err: row.err}
		classify(&r, row.record)
		assert.Equal(t, row.status, r.Status, row.name)
		assert.Equal(t, row.reason, r.Reason, row.name)
		assert.Equal(t, row.outage, isOutage(row.err), row.name)
	}
}

func TestStops(t *testing.T) {
	for err, want := range map[error]string{
		failure(bardge.OutcomeRejected, 401, 1, false, nil):                                                  "the API refuses the account",
		failure(bardge.OutcomeRejected, 403, 1, false, nil):                                                  "",
		failure(bardge.OutcomeNotSent, 0, 0, false, errors.Join(bardge.ErrJournal, journal.CauseDiskFull)):   "the journal failed: disk full",
		failure(bardge.OutcomeNotSent, 0, 0, false, errors.Join(bardge.ErrJournal, journal.CauseConnection)): "",
		failure(bardge.OutcomeNotSent, 0, 0, false, bardge.ErrOtherAccount):                                  "the journal failed: " + bardge.ErrOtherAccount.Error(),
		failure(bardge.OutcomeNotSent, 0, 0, false, bardge.ErrClientClosed):                                  "the client is closed",
		ErrRefNotUsed: "the function does not use the items' refs",
	} {
		assert.Equal(t, want, stops(err), "%v", err)
	}
	disabled := failure(bardge.OutcomeRejected, 403, 1, false, nil)
	disabled.Code = "account_disabled"
	assert.Equal(t, "the API refuses the account", stops(disabled))
	assert.Empty(t, stops(nil))
}
