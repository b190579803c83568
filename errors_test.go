package bardge_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

func ExampleError() {
	sb, client := start()
	defer sb.Close()

	_, _, err := client.Bookings.BookClass(context.Background(), bardge.BookClassParams{
		ClassInstanceID: sb.Seed.FullInstanceID, ClientID: sb.Seed.ClientID,
	})
	if failed, ok := errors.AsType[*bardge.Error](err); ok {
		fmt.Println(failed.Operation, failed.Outcome, failed.Code, failed.Response.StatusCode)
	}
	fmt.Println(errors.Is(err, bardge.ErrClassFull))
	fmt.Println(err)
	// Output:
	// BookClass rejected class_full 409
	// true
	// bardge: BookClass: rejected: 409 class_full (resource_conflict_error): rejected by the API [request req_0001]
}

// A queue puts an order that was rate limited back, for the wait that the
// server requested.
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

// Starting a lookup twice makes two: it is not repeated where it may have been
// executed.
func ExampleCanRepeat() {
	sb, client := start()
	defer sb.Close()

	sb.Next(sandbox.InitiateLookup, sandbox.LoseResponse)
	_, _, lookup := client.Lookups.Initiate(context.Background(), bardge.InitiateLookupParams{
		IssuerID: sb.Seed.IssuerID, ClientID: sb.Seed.OtherClientID,
	})
	sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
	_, _, issue := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
		ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
	}, bardge.WithMaxAttempts(1))
	for _, err := range []error{lookup, issue} {
		fmt.Println(bardge.OutcomeOf(err), "can repeat:", bardge.CanRepeat(err))
	}
	// Output:
	// unknown can repeat: false
	// unknown can repeat: true
}

// A loop that resumes asks whether that is safe, and whether it can help: what
// is wrong with the request stays wrong.
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

// The JSON handler of log/slog encodes a struct as encoding/json does, which
// writes a passcode: programs have to store it.
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

// A response that proves the operation is done; the error names what it lacks.
func TestR27_AnAnswerWithoutWhatIsEssentialIsDoneAndIncomplete(t *testing.T) {
	for _, op := range sdktest.Operations {
		shape := bardge.ShapeOf(op.ID)
		var bodies []string
		for _, tag := range shape.Tags.Own {
			bodies = append(bodies, `{"object":"`+tag+`","message":"m"}`, `{"object":"`+tag+`","ID":null,"data":null}`)
		}
		for _, name := range shape.Telling {
			bodies = append(bodies, `{"`+name+`":7}`)
		}
		require.NotEmpty(t, bodies, op.ID)
		for _, body := range bodies {
			if _, complete := shape.Prove([]byte(body)); complete || op.ID == gen.OpCancelBooking {
				continue // which is read instead
			}
			sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(200, body)}, func(t *testing.T, s *sdktest.Bardge) {
				d := op.Call(t.Context(), s.Client, sdktest.SomeSeed(), "x1")
				var e *bardge.Error
				if !assert.ErrorAs(t, d.Err, &e, "%s: %s", op.ID, body) {
					return
				}
				assert.Equal(t, bardge.OutcomeDone, e.Outcome, "%s: %s", op.ID, body)
				assert.ErrorIs(t, e, bardge.ErrResponseIncomplete)
				assert.ErrorIs(t, e, bardge.ErrResponseLost)
				assert.Contains(t, e.Error(), "lacks an essential field")
				assert.JSONEq(t, body, string(e.Response.Raw))
				assert.Empty(t, d.Got)
			}, bardge.WithMaxAttempts(1))
		}
	}
}

func ExampleResponse() {
	sb, client := start()
	defer sb.Close()

	_, resp, err := client.Clients.Get(context.Background(), sb.Seed.ClientID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.StatusCode, resp.Header.Get("Content-Type"), len(resp.Raw) > 0)
	fmt.Println(resp) // no header and no body
	// Output:
	// 200 application/json true
	// GetClient: done, status 200, attempts 1, request req_0001
}

func ExampleResponse_Timeline() {
	sb, client := start()
	defer sb.Close()
	sb.Next(sandbox.PurchaseCredits, sandbox.Unavailable(0), sandbox.LoseResponse)

	_, resp, err := client.Credits.Purchase(context.Background(), bardge.PurchaseCreditsParams{
		ClientID: sb.Seed.ClientID, PackageID: sb.Seed.CreditPackageID,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.Timeline())
	// Output:
	// 1  503           server error                          ambiguous, again after 1ms
	//  2  no answer     connection reset                      ambiguous, again at once
	//  3  201 replayed  executed                              done
	// =>  done
}

// The picture has a title and a description, for those who do not see it.
func ExampleResponse_TimelineSVG() {
	sb, client := start()
	defer sb.Close()
	sb.Next(sandbox.PurchaseCredits, sandbox.LoseResponse)

	_, resp, err := client.Credits.Purchase(context.Background(), bardge.PurchaseCreditsParams{
		ClientID: sb.Seed.ClientID, PackageID: sb.Seed.CreditPackageID,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	picture := resp.TimelineSVG() // an SVG document, for a ticket
	_, title, _ := strings.Cut(picture, `<title id="timeline-title">`)
	title, _, _ = strings.Cut(title, "<")
	fmt.Println(title)
	// Output: PurchaseCredits: done after 2 attempts
}
