package bardge_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

func ownIssue(ctx context.Context, client *http.Client, sb *sandbox.Sandbox) error {
	body := `{"client_id":"` + sb.Seed.ClientID + `","pass_id":"` + sb.Seed.PassID + `","first_name":"Ada","last_name":"Okafor"}`
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, sb.URL+"/issued_passes", strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+sb.APIKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status)
	return nil
}

// An integration with its own HTTP code gets key, retries and outcome from its
// transport.
func ExampleNewTransport() {
	sb, err := sandbox.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sb.Close()
	// For the vendor's own server, bardge.NewTransport(nil) is enough.
	client := &http.Client{Transport: bardge.NewTransport(sb.Client().Transport, bardge.WithBaseURL(sb.URL))}
	defer client.CloseIdleConnections()

	sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
	if err := ownIssue(context.Background(), client, sb); err != nil {
		fmt.Println(err)
	}
	fmt.Println("executed:", sb.Executed(sandbox.IssuePass))
	// Output:
	// 201 Created
	// executed: 1
}

// An error's key resumes the operation.
func ExampleContextWithKey() {
	sb, err := sandbox.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sb.Close()
	transport := bardge.NewTransport(sb.Client().Transport, bardge.WithBaseURL(sb.URL), bardge.WithMaxAttempts(1))
	client := &http.Client{Transport: transport}
	defer client.CloseIdleConnections()

	sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
	err = ownIssue(context.Background(), client, sb)
	if e, ok := errors.AsType[*bardge.Error](err); ok {
		fmt.Println(e.Outcome)
		err = ownIssue(bardge.ContextWithKey(context.Background(), e.Key), client, sb)
	}
	fmt.Println(err, "executed:", sb.Executed(sandbox.IssuePass))
	// Output:
	// unknown
	// 201 Created
	// <nil> executed: 1
}
