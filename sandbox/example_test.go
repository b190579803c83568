package sandbox_test

import (
	"context"
	"errors"
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

// The API differs from the contract: a field has another name, and a purchase's
// id is missing. The call that reads the id ends with what is known.
func ExampleWithDrift() {
	sb, err := sandbox.New(sandbox.WithDrift(
		sandbox.RenameField(sandbox.IssuePass, "tx_ref", "reference"),
		sandbox.RemoveField(sandbox.PurchaseCredits, "id"),
	))
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

	pass, response, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
		ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID,
	})
	fmt.Println(pass.ID, err)
	for _, d := range response.Drift {
		fmt.Println(d)
	}
	_, _, err = client.Credits.Purchase(context.Background(), bardge.PurchaseCreditsParams{
		ClientID: sb.Seed.ClientID, PackageID: sb.Seed.CreditPackageID,
	})
	fmt.Println(errors.Is(err, bardge.ErrResponseIncomplete), bardge.OutcomeOf(err))
	fmt.Println("executed:", sb.Executed(sandbox.PurchaseCredits))
	// Output:
	// brgpass_0001 <nil>
	// unknown field: IssuedPass.reference got string
	// missing field: IssuedPass.tx_ref want string
	// true done
	// executed: 1
}

func ExampleParseBend() {
	b, err := sandbox.ParseBend("GetClient: rename last_name surname")
	fmt.Println(b.Operation, b.Kind, b.Subject, b.Value, err)
	_, err = sandbox.ParseBend("GetClient: rename last_name")
	fmt.Println(err)
	b, err = sandbox.ParseBend("GetClient: remove lastname")
	fmt.Println(b, err)
	_, err = sandbox.New(sandbox.WithDrift(b)) // which knows the contract
	fmt.Println(err)
	// Output:
	// GetClient rename last_name surname <nil>
	// sandbox: bend "GetClient: rename last_name" is not of the form OPERATION: rename FIELD NAME
	// GetClient: remove lastname <nil>
	// sandbox: bend "GetClient: remove lastname": the response has no field "lastname"
}
