// Readme is the program on the README's first screen: it loses the answer to an
// issued pass, and issues one pass.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	server, err := sandbox.New() // the vendor's server, emulated in memory
	if err != nil {
		return err
	}
	defer server.Close()
	server.Next(sandbox.IssuePass, sandbox.LoseAnswer) // execute it, lose the answer

	// bardge.New(apiKey) is all that it takes to call the vendor's own server.
	client, err := bardge.New(server.APIKey, bardge.WithBaseURL(server.URL), bardge.WithHTTPClient(server.Client()))
	if err != nil {
		return err
	}
	pass, resp, err := client.Passes.Issue(ctx, bardge.IssuePassParams{
		ClientID: "client_ada", PassID: server.Seed.PassID, FirstName: "Ada", LastName: "Okafor",
	})
	if err != nil {
		return err
	}
	fmt.Println(pass.ID, "is", pass.Status)
	fmt.Println(resp.Timeline())
	fmt.Print(server.Ledger())
	return nil
}
