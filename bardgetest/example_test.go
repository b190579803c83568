package bardgetest_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bardgetest"
)

type issuer interface {
	Issue(
		ctx context.Context, params bardge.IssuePassParams, opts ...bardge.CallOption,
	) (*bardge.IssuedPass, *bardge.Response, error)
}

func fulfil(passes issuer, order string) string {
	pass, _, err := passes.Issue(context.Background(), bardge.IssuePassParams{}, bardge.WithRef(order+"/pass"))
	switch {
	case err == nil:
		return "issued " + pass.ID
	case errors.Is(err, bardge.ErrPassNotFound):
		return "the package is gone"
	case bardge.CanRepeat(err) && bardge.RetryHelps(err):
		return "try again"
	default:
		return "needs a person: " + bardge.OutcomeOf(err).String()
	}
}

type fakePasses struct {
	bardgetest.IssuedPasses // the methods that the test does not call

	err *bardge.Error
}

func (f fakePasses) Issue(
	_ context.Context, _ bardge.IssuePassParams, opts ...bardge.CallOption,
) (*bardge.IssuedPass, *bardge.Response, error) {
	if f.err != nil {
		f.err.Ref = bardgetest.OptionsOf(opts...).Ref
		return nil, f.err.Response, f.err
	}
	return &bardge.IssuedPass{ID: "brgpass_1"}, bardgetest.Done("IssuePass"), nil
}

func Example() {
	fmt.Println(fulfil(fakePasses{}, "order-17"))
	for _, err := range []*bardge.Error{
		bardgetest.NotSent("IssuePass"),
		bardgetest.Rejected("IssuePass", bardge.ErrPassNotFound),
		bardgetest.RateLimited("IssuePass", time.Minute),
		bardgetest.Unknown("IssuePass", bardge.Key{}, time.Time{}),
		bardgetest.KeyExpired("IssuePass", bardge.NewKey()),
		bardgetest.ResponseLost("IssuePass"),
	} {
		fmt.Println(fulfil(fakePasses{err: err}, "order-17"))
	}
	// Output:
	// issued brgpass_1
	// try again
	// the package is gone
	// try again
	// try again
	// needs a person: unknown
	// needs a person: done
}

func ExampleRejected() {
	err := bardgetest.Rejected("BookClass", bardge.ErrClassFull)
	err.Message = "This class has no place left" // tests may set any field
	fmt.Println(errors.Is(err, bardge.ErrClassFull), bardge.OutcomeOf(err))
	fmt.Println(err)
	// Output:
	// true rejected
	// bardge: BookClass: rejected: 409 class_full (resource_conflict_error): rejected by the API
}

func ExampleUnknown() {
	key := bardge.NewKey()
	inside := bardgetest.Unknown("IssuePass", key, time.Now().Add(time.Minute))
	over := bardgetest.Unknown("IssuePass", key, time.Now().Add(-time.Minute))
	fmt.Println(bardge.CanRepeat(inside), bardge.CanRepeat(over), bardge.KeyOf(inside) == key)
	// Output: true false true
}

func ExampleNotSent() {
	err := bardgetest.NotSent("IssuePass")
	fmt.Println(bardge.CanRepeat(err), bardge.RetryHelps(err))
	fmt.Println(err)
	// Output:
	// true true
	// bardge: IssuePass: not sent: connection refused
}

func ExampleInvalid() {
	err := bardgetest.Invalid("IssuePass", "ClientID", "is empty")
	fmt.Println(bardge.OutcomeOf(err), bardge.RetryHelps(err))
	fmt.Println(err)
	// Output:
	// not sent false
	// bardge: IssuePass: not sent: ClientID is empty
}

func ExampleRateLimited() {
	err := bardgetest.RateLimited("IssuePass", time.Minute)
	fmt.Println(errors.Is(err, bardge.ErrRateLimited), err.RetryAfter)
	// Output: true 1m0s
}

func ExampleAlreadyCancelled() {
	var already *bardge.AlreadyCancelledError
	err := bardgetest.AlreadyCancelled("booking_1")
	fmt.Println(errors.As(err, &already), already.BookingID, bardge.OutcomeOf(err))
	// Output: true booking_1 done
}

func ExampleResponseLost() {
	err := bardgetest.ResponseLost("IssuePass")
	fmt.Println(errors.Is(err, bardge.ErrResponseLost), bardge.OutcomeOf(err), bardge.RetryHelps(err))
	// Output: true done false
}

func ExampleKeyExpired() {
	err := bardgetest.KeyExpired("IssuePass", bardge.NewKey())
	fmt.Println(errors.Is(err, bardge.ErrKeyExpired), bardge.OutcomeOf(err), bardge.CanRepeat(err))
	// Output: true unknown false
}

func ExampleRefReused() {
	err := bardgetest.RefReused("IssuePass", "order-17/pass", bardge.OutcomeDone)
	fmt.Println(errors.Is(err, bardge.ErrRefReused), bardge.OutcomeOf(err), bardge.CanRepeat(err))
	// Output: true unknown false
}

func ExampleReserved() {
	err := bardgetest.Reserved("IssuePass", "order-17/pass")
	fmt.Println(errors.Is(err, bardge.ErrReserved), bardge.OutcomeOf(err))
	// Output: true not sent
}

func ExampleJournalFailed() {
	err := bardgetest.JournalFailed("IssuePass", "order-17/pass")
	fmt.Println(errors.Is(err, bardge.ErrJournal), bardge.OutcomeOf(err), bardge.CanRepeat(err))
	// Output: true unknown true
}

func ExampleOptionsOf() {
	o := bardgetest.OptionsOf(
		bardge.WithRef("order-17/pass"), bardge.WithMaxAttempts(2), bardge.WithLookupToken("token"),
		bardge.WithHeader("X-Trace", "a"), bardge.WithExtraField("note", "b"),
	)
	fmt.Println(o.Ref, o.RetryPolicy.MaxAttempts, o.LookupToken, o.Headers, o.ExtraFields, o.Err)
	// Output: order-17/pass 2 true [X-Trace] [note] <nil>
}

func ExampleDone() {
	fmt.Println(bardgetest.Done("IssuePass"))
	// Output: IssuePass: done, status 200, attempts 0, request -
}

func ExampleReplayed() {
	fmt.Println(bardgetest.Replayed("IssuePass"))
	// Output: IssuePass: done, status 200, attempts 0, replayed, request -
}

func ExampleRecovered() {
	fmt.Println(bardgetest.Recovered("CancelBooking"))
	// Output: CancelBooking: done, status 200, attempts 0, recovered, request -
}

func ExampleFromJournal() {
	fmt.Println(bardgetest.FromJournal("IssuePass"))
	// Output: IssuePass: done, status 200, attempts 0, from journal, request -
}

func ExampleNotRecorded() {
	fmt.Println(bardgetest.NotRecorded("IssuePass"))
	// Output: IssuePass: done, status 200, attempts 0, not recorded, request -
}
