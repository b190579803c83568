package sandbox_test

import (
	"context"
	"fmt"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// A pass is issued, the response is lost, and the client sends the request
// again with the same key. The ledger shows that the pass was issued once.
func Example() {
	sb, err := sandbox.New() // in a test: sandbox.Start(t)
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

	sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
	pass, response, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
		ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pass.ID, "replayed:", response.Replayed)
	fmt.Println("executed:", sb.Executed(sandbox.IssuePass))
	fmt.Print(sb.Ledger())
	// Output:
	// brgpass_0001 replayed: true
	// executed: 1
	// request   operation  key       result    status  fault          resource
	// req_0001  IssuePass  key_0001  executed  -       lose-response  brgpass_0001
	// req_0002  IssuePass  key_0001  replayed  201     -              brgpass_0001
}
