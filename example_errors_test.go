package bardge_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// issuer is what a program needs of [bardge.PassesService], so that its tests can have a
// fake.
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

// A queue puts an order that was rate limited back, for as long as the server asked.
func ExampleErrRateLimited() {
	sb, client := start()
	defer sb.Close()
	sb.Next(sandbox.IssuePass, sandbox.TooMany(time.Minute))

	_, _, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
		ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
	}, bardge.WithMaxAttempts(1))
	var failed *bardge.Error
	if errors.Is(err, bardge.ErrRateLimited) && errors.As(err, &failed) {
		wait := max(failed.RetryAfter, time.Minute) // zero where the server named no time
		fmt.Println(failed.Outcome, "again in", wait)
	}
	// Output: rejected again in 1m0s
}

// A loop that resumes asks whether that is safe, and whether it can help: what is wrong
// with the request stays wrong.
func ExampleRetryHelps() {
	sb, client := start()
	defer sb.Close()

	issue := func(opts ...bardge.CallOption) error {
		_, _, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
			ClientID: sb.Seed.ClientID, PassID: "no-such-pass",
		}, opts...)
		return err
	}
	err := issue()
	for bardge.CanRepeat(err) && bardge.RetryHelps(err) {
		time.Sleep(time.Second)
		err = issue(bardge.WithIdempotencyKey(bardge.KeyOf(err)))
	}
	fmt.Println(bardge.OutcomeOf(err), "after", sb.Requests(sandbox.IssuePass), "request")
	// Output: rejected after 1 request
}

// The JSON handler of log/slog encodes a struct as encoding/json does, which writes a
// passcode: programs have to store it.
func ExampleRedactSecrets() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return bardge.RedactSecrets(groups, a)
		},
	}))
	type delivery struct {
		To   string
		Code bardge.Secret
	}
	logger.Info("sent", "deliveries", []delivery{{To: "Ada", Code: "4711"}})
	// Output: {"level":"INFO","msg":"sent","deliveries":[{"To":"Ada","Code":"[redacted]"}]}
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
