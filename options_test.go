package bardge_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// A timeout ends a call as a deadline does: with what is known.
func ExampleWithTimeout() {
	sb, client := start()
	defer sb.Close()
	sb.Next(sandbox.PurchaseCredits, sandbox.DelayAfter(time.Minute))

	_, _, err := client.Credits.Purchase(context.Background(), bardge.PurchaseCreditsParams{
		ClientID: sb.Seed.ClientID, PackageID: sb.Seed.CreditPackageID,
	}, bardge.WithTimeout(100*time.Millisecond))
	fmt.Println(bardge.OutcomeOf(err), errors.Is(err, context.DeadlineExceeded))
	// Output: unknown true
}

// One patient call: what is not set is the client's.
func ExampleWithRetryPolicy_call() {
	sb, client := start(bardge.WithMaxAttempts(1))
	defer sb.Close()
	busy := sandbox.Unavailable(0)
	sb.Next(sandbox.IssuePass, busy, busy)

	patient := bardge.WithRetryPolicy(bardge.RetryPolicy{MaxAttempts: 5})
	_, resp, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
		ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
	}, patient)
	fmt.Println(err, len(resp.Attempts))
	// Output: <nil> 3
}

func ExampleWithVerboseErrors() {
	for _, opts := range [][]bardge.Option{nil, {bardge.WithVerboseErrors()}} {
		sb, client := start(opts...)
		_, _, err := client.Bookings.BookClass(context.Background(), bardge.BookClassParams{
			ClassInstanceID: sb.Seed.FullInstanceID, ClientID: sb.Seed.ClientID,
		})
		fmt.Println(err)
		sb.Close()
	}
	// Output:
	// bardge: BookClass: rejected: 409 class_full (resource_conflict_error): rejected by the API [request req_0001]
	// bardge: BookClass: rejected: 409 class_full (resource_conflict_error): "This class has no place left": rejected by the API [request req_0001]
}

func ExampleWithRetryPolicy() {
	sb, client := start(bardge.WithRetryPolicy(bardge.RetryPolicy{MaxAttempts: 2, BaseDelay: time.Millisecond}))
	defer sb.Close()
	busy := sandbox.Unavailable(0)
	sb.Next(sandbox.IssuePass, busy, busy, busy)

	_, resp, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
		ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
	})
	fmt.Println(bardge.OutcomeOf(err), "after", len(resp.Attempts), "attempts")
	// Output: unknown after 2 attempts
}

func ExampleWithMaxAttempts() {
	sb, client := start()
	defer sb.Close()
	sb.Next(sandbox.ListIssuers, sandbox.Unavailable(0))

	_, resp, err := client.Lookups.ListIssuers(context.Background(), bardge.ListIssuersParams{}, bardge.WithMaxAttempts(1))
	fmt.Println(err != nil, len(resp.Attempts))
	// Output: true 1
}

func ExampleWithLookupToken() {
	sb, client := start()
	defer sb.Close()

	_, _, err := client.Bookings.BookClass(context.Background(), bardge.BookClassParams{
		ClassInstanceID: sb.Seed.ClassInstanceID, ClientID: sb.Seed.OtherClientID,
	}, bardge.WithLookupToken("lkpt_stored_last_year"))
	fmt.Println(errors.Is(err, bardge.ErrPermissionDenied))
	// Output: true
}

// Faults of the embedded server can be chosen by a header, as any other
// header can be sent.
func ExampleWithHeader() {
	sb, client := start()
	defer sb.Close()

	_, resp, err := client.Credits.Purchase(context.Background(), bardge.PurchaseCreditsParams{
		ClientID: sb.Seed.ClientID, PackageID: sb.Seed.CreditPackageID,
	}, bardge.WithHeader(sandbox.FaultHeader, "lose-response"))
	fmt.Println(err, resp.Replayed)
	// Output: <nil> true
}

// The vendor may want a field that this SDK does not model.
func ExampleWithExtraField() {
	sb, client := start()
	defer sb.Close()
	params := bardge.PurchaseCreditsParams{ClientID: sb.Seed.ClientID, PackageID: sb.Seed.CreditPackageID}

	_, _, err := client.Credits.Purchase(context.Background(), params, bardge.WithExtraField("campaign", "summer"))
	fmt.Println(err)
	_, _, err = client.Credits.Purchase(context.Background(), params, bardge.WithExtraField("client_id", "another"))
	fmt.Println(err)
	// Output:
	// <nil>
	// bardge: PurchaseCredits: not sent: extra field client_id is set already
}

func ExampleWithObserver() {
	sb, client := start(bardge.WithObserver(func(e bardge.Event) {
		if e.Kind == bardge.EventAttemptEnded {
			fmt.Println(e.Operation, e.Attempt.Number, e.Attempt.Status, e.Attempt.Verdict)
		}
	}))
	defer sb.Close()
	sb.Next(sandbox.GetClient, sandbox.ServerErrorBefore(500))

	_, _, err := client.Clients.Get(context.Background(), sb.Seed.ClientID)
	fmt.Println(err)
	// Output:
	// GetClient 1 500 ambiguous
	// GetClient 2 200 done
	// <nil>
}

func ExampleWithLogger() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			switch a.Key {
			case slog.TimeKey, "took", "call_id": // differ from run to run
				return slog.Attr{}
			default:
				return a
			}
		},
	}))
	sb, client := start(bardge.WithLogger(logger))
	defer sb.Close()

	_, _, err := client.IssuedPasses.Get(context.Background(), "brgpass_none")
	if errors.Is(err, bardge.ErrPassNotFound) {
		fmt.Println("no such pass")
	}
	// Output:
	// level=DEBUG msg="bardge: attempt started" operation=GetIssuedPass outcome="not sent" attempt=1
	// level=DEBUG msg="bardge: attempt ended" operation=GetIssuedPass outcome=rejected attempt=1 status=404 verdict=rejected reason="rejected by the API" wait=0s request_id=req_0001
	// level=DEBUG msg="bardge: call ended" operation=GetIssuedPass outcome=rejected attempts=1 reason="rejected by the API" request_id=req_0001
	// no such pass
}

// What is given to New is the default of all calls; a call's own option wins.
func ExampleSharedOption() {
	defaults := []bardge.Option{bardge.WithTimeout(20 * time.Second), bardge.WithHeader("X-Shop", "berlin")}
	sb, client := start(defaults...)
	defer sb.Close()

	_, _, err := client.Clients.Get(context.Background(), sb.Seed.ClientID, bardge.WithTimeout(time.Minute))
	fmt.Println(err)
	_, err = bardge.New("an-api-key", bardge.WithTimeout(-time.Second))
	fmt.Println(err)
	// Output:
	// <nil>
	// bardge: WithTimeout(-1s): timeout is not positive
}

// issuer is what a program needs of [bardge.PassesService], so that its tests
// can have a fake.
type issuer interface {
	Issue(
		ctx context.Context, params bardge.IssuePassParams, opts ...bardge.CallOption,
	) (*bardge.IssuedPass, *bardge.Response, error)
}

// fakeIssuer issues one pass for each ref, as the SDK does with a journal.
type fakeIssuer map[string]*bardge.IssuedPass

func (f fakeIssuer) Issue(
	_ context.Context, params bardge.IssuePassParams, opts ...bardge.CallOption,
) (*bardge.IssuedPass, *bardge.Response, error) {
	ref := bardge.RefOf(opts...)
	if f[ref] == nil {
		f[ref] = &bardge.IssuedPass{ID: fmt.Sprint("pass_", len(f)+1), ClientID: params.ClientID}
	}
	return f[ref], &bardge.Response{StatusCode: 201}, nil
}

func ExampleRefOf() {
	var passes issuer = fakeIssuer{}
	for _, ref := range []string{"order-17/pass", "order-18/pass", "order-17/pass"} {
		pass, _, err := passes.Issue(context.Background(), bardge.IssuePassParams{ClientID: "c1", PassID: "p1"}, bardge.WithRef(ref))
		fmt.Println(pass.ID, err)
	}
	fmt.Println(bardge.WithRef("order-17/pass") == bardge.WithRef("order-17/pass"))
	// Output:
	// pass_1 <nil>
	// pass_2 <nil>
	// pass_1 <nil>
	// true
}

// The API has the co-pay options of a gym under another path than the contract.
func ExampleWithPath() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Method, r.URL.Path)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"object":"list","data":[],"has_more":false}`))
	}))
	defer api.Close()
	client, err := bardge.New("key-of-the-reseller", bardge.WithBaseURL(api.URL),
		bardge.WithPath("ListGymCopayOptions", "/gyms/{providerBranchId}/copay"))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _, err = client.Copay.ListGymOptions(context.Background(), "branch_7", bardge.ListGymCopayOptionsParams{})
	fmt.Println(err)
	// Output:
	// GET /gyms/branch_7/copay
	// <nil>
}

// The API has the client's id under another name than the contract.
func ExampleWithoutField() {
	sb, client := start()
	defer sb.Close()
	params := bardge.IssuePassParams{ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID}

	_, _, err := client.IssuedPasses.Issue(context.Background(), params,
		bardge.WithoutField("client_id"), bardge.WithExtraField("customer_id", sb.Seed.ClientID))
	fmt.Println(bardge.OutcomeOf(err)) // the sandbox keeps to the contract
	// Output: rejected
}
