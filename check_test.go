package bardge_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// The first call with a new key: what is confirmed, and what differs.
func ExampleCheck() {
	sb, client := start()
	defer sb.Close()

	report, err := bardge.Check(context.Background(), client, bardge.CheckOptions{ClientID: sb.Seed.ClientID})
	if err != nil {
		fmt.Println(report.Problem, report.Advice)
		return
	}
	fmt.Println("differences:", report.Differs())
	for _, op := range report.Operations[:3] {
		fmt.Printf("%s %s: %s\n", op.Method, op.Path, op.Verdict)
	}
	// Output:
	// differences: 0
	// GET /passes: confirmed
	// POST /issued_passes: not tried
	// POST /issued_passes/update: not tried
}

// One pass is issued on demand; the repetition under the same key is not
// executed.
func ExampleCheckOptions_allowWrites() {
	sb, client := start()
	defer sb.Close()

	report, err := bardge.Check(context.Background(), client, bardge.CheckOptions{
		AllowWrites: []string{"IssuePass"},
		IssuePass:   bardge.IssuePassParams{ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID},
	})
	if err != nil {
		fmt.Println(report.Problem, report.Advice)
		return
	}
	fmt.Println(report.Write.Outcome, "replayed:", report.Write.Replayed)
	fmt.Println("executed:", sb.Executed(sandbox.IssuePass))
	// Output:
	// done replayed: true
	// executed: 1
}

// A difference comes with the line of YAML that would make the contract true.
func ExampleCheckReport_Differs() {
	sb, err := sandbox.New(sandbox.WithDrift(sandbox.RenameField(sandbox.ListIssuers, "data[].name", "title")))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sb.Close()
	client, err := bardge.New(sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()))
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := bardge.Check(context.Background(), client, bardge.CheckOptions{})
	if err != nil {
		fmt.Println(report.Problem, report.Advice)
		return
	}
	fmt.Println("differences:", report.Differs())
	for _, op := range report.Operations {
		for _, f := range op.Fields {
			if f.Verdict == bardge.CheckDiffers {
				fmt.Println(op.Operation, f.Subject, f.Seen)
			}
		}
	}
	// Output:
	// differences: 2
	// ListIssuers Issuer.title unknown field at data[].title, got string
	// ListIssuers Issuer.name missing field at data[].name, wanted string
}

// An unreachable or refusing server is explained in words.
func ExampleCheckReport_Text() {
	sb, _ := start()
	defer sb.Close()
	client, err := bardge.New("a_key_that_was_reset", bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()))
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := bardge.Check(context.Background(), client, bardge.CheckOptions{})
	fmt.Println(err != nil)
	line, _, _ := strings.Cut(report.Text(), "\n")
	fmt.Println(line)
	// Output:
	// true
	// The API refuses the API key (status 401, invalid_api_key).
}

// Markdown is for a ticket.
func ExampleCheckReport_Markdown() {
	report := bardge.CheckReport{BaseURL: "https://api.example.com", Connection: []bardge.CheckFinding{
		{Verdict: bardge.CheckConfirmed, Subject: "TLS", Seen: "TLS 1.3"},
	}}
	fmt.Println(report.Markdown())
	// Output:
	// # Check of https://api.example.com
	//
	// Nothing differs. 0 of 0 operations are confirmed, 0 were not tried.
	//
	// ## Connection
	//
	// | | | |
	// | --- | --- | --- |
	// | confirmed | TLS | TLS 1.3 |
}
