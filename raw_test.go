package bardge_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

// endPass sets the end of a pass, by a request of the program's own.
func endPass(
	ctx context.Context, client *bardge.Client, id string, opts ...bardge.CallOption,
) (json.RawMessage, *bardge.Response, error) {
	return client.Do(ctx, bardge.RawCall{
		Name: "EndPass", Method: http.MethodPost, Path: "/issued_passes/" + url.PathEscape(id) + "/expiry",
		Body:  map[string]string{"expires_at": "2100-06-01T12:00:00Z"},
		Class: bardge.Keyed, Essential: []string{"id"},
	}, opts...)
}

// A raw call has what a typed one has: the response to its first attempt is
// lost, and it is executed once.
func ExampleClient_Do() {
	sb, client := start()
	defer sb.Close()
	sb.Next(sandbox.UpdateIssuedPassExpiry, sandbox.LoseResponse)

	raw, resp, err := endPass(context.Background(), client, sb.Seed.IssuedPassID)
	if err != nil {
		fmt.Println(err)
		return
	}
	var pass struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(raw, &pass); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pass.ID == sb.Seed.IssuedPassID, resp.Outcome, "replayed:", resp.Replayed)
	fmt.Println("executed:", sb.Executed(sandbox.UpdateIssuedPassExpiry))
	// Output:
	// true done replayed: true
	// executed: 1
}

// Another process recovers a raw call: it knows the operation by its
// registration.
func ExampleWithRawOperation() {
	j := journal.NewMemory()
	sb, client := start(bardge.WithJournal(j, "acme"))
	defer sb.Close()
	sb.Next(sandbox.UpdateIssuedPassExpiry, sandbox.LoseResponse)
	_, _, err := endPass(context.Background(), client, sb.Seed.IssuedPassID,
		bardge.WithRef("order-17/end"), bardge.WithMaxAttempts(1))
	fmt.Println("the process ends, outcome", bardge.OutcomeOf(err))

	another, err := bardge.New(sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()),
		bardge.WithJournal(j, "acme"),
		bardge.WithRawOperation(bardge.RawOperation{Name: "EndPass", Class: bardge.Keyed, Essential: []string{"id"}}))
	if err != nil {
		fmt.Println(err)
		return
	}
	for r, err := range another.Recover(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(r.Operation, r.Ref, r.Action, r.Outcome, errors.Is(r.Err, bardge.ErrUnknownOperation))
	}
	fmt.Println("executed:", sb.Executed(sandbox.UpdateIssuedPassExpiry))
	// Output:
	// the process ends, outcome unknown
	// EndPass order-17/end resend done false
	// executed: 1
}

func ExampleRetryClass_String() {
	fmt.Println(bardge.RetryClass(0))
	fmt.Println(bardge.Keyed)
	// Output:
	// non-idempotent
	// keyed
}

func ExampleRawCall() {
	fmt.Println(bardge.RawCall{
		Name: "PausePass", Method: http.MethodPost, Path: "/issued_passes/pass_1/pause", Class: bardge.Keyed,
	})
	// Output: PausePass: POST, keyed
}
