package idem_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// lostResponse is an error as a client returns it: its own type, which unwraps
// to a Failure.
func lostResponse() error {
	return fmt.Errorf("order 17: %w", &idem.Failure{
		Operation: "IssuePass", Class: idem.Keyed, Outcome: idem.OutcomeUnknown, Key: idem.NewKey(),
		SafeUntil: time.Now().Add(time.Minute), RetryHelps: true, Err: errors.New("connection reset"),
	})
}

// Middleware that is shared by the clients of several vendors reads each error
// the same way.
func ExampleFailure() {
	if failed, ok := errors.AsType[*idem.Failure](lostResponse()); ok {
		fmt.Println(failed.Operation, failed.Class, failed.Outcome)
		fmt.Println(failed)
	}
	// Output:
	// IssuePass keyed unknown
	// IssuePass: unknown: connection reset
}

func ExampleOutcomeOf() {
	rejected := &idem.Failure{Outcome: idem.OutcomeRejected}
	fmt.Println(idem.OutcomeOf(nil))
	fmt.Println(idem.OutcomeOf(lostResponse()))
	fmt.Println(idem.OutcomeOf(errors.Join(rejected, errors.New("disk full"))))
	fmt.Println(idem.OutcomeOf(errors.Join(rejected, &idem.Failure{Outcome: idem.OutcomeDone})))
	// Output:
	// done
	// unknown
	// rejected
	// unknown
}

func ExampleCanRepeat() {
	err := lostResponse()
	fmt.Println("safe:", idem.CanRepeat(err), "helps:", idem.RetryHelps(err))
	fmt.Println("under the same key:", !idem.KeyOf(err).IsZero())
	// Output:
	// safe: true helps: true
	// under the same key: true
}

func ExampleRetryHelps() {
	err := &idem.Failure{Outcome: idem.OutcomeRejected, Err: errors.New("rejected by the API")}
	fmt.Println("safe:", idem.CanRepeat(err), "helps:", idem.RetryHelps(err))
	// Output: safe: true helps: false
}

func ExampleKeyOf() {
	fmt.Println(idem.KeyOf(errors.New("disk full")).IsZero())
	fmt.Println(idem.KeyOf(lostResponse()).IsZero())
	// Output:
	// true
	// false
}
