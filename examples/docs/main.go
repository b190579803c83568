// Docs is the program in the README. Its tests contain the docs' snippets.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

func main() {
	server, err := sandbox.New() // the vendor's server, emulated in memory
	if err != nil {
		log.Fatal(err)
	}
	server.Next(sandbox.IssuePass, sandbox.LoseResponse)

	client, err := bardge.New(server.APIKey, bardge.WithBaseURL(server.URL), bardge.WithHTTPClient(server.Client()))
	if err != nil {
		log.Fatal(err)
	}
	pass, resp, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
		ClientID: "client_ada", PassID: server.Seed.PassID, FirstName: "Ada", LastName: "Okafor",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(pass.ID, "is", pass.Status)
	fmt.Println(resp.Timeline())
	fmt.Print(server.Ledger())
	server.Close()
}
