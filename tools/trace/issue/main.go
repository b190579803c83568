// Issue makes the traced call: it issues a pass at a loopback server that
// answers 503 once and then 201, and prints the entered functions as JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/tools/trace/recorder"
)

func main() {
	entries, err := run()
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(entries)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "issue:", err)
		os.Exit(1)
	}
}

func run() ([]recorder.Entry, error) {
	issued, err := os.ReadFile("../../gen/testdata/issued_pass.json")
	if err != nil {
		return nil, err
	}
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Bardge-Request-Id", "req_1")
		if requests.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write(issued)
	}))
	defer server.Close()
	client, err := bardge.New("key", bardge.WithBaseURL(server.URL))
	if err != nil {
		return nil, err
	}

	recorder.Start()
	_, resp, err := client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
		ClientID: "client_abc123", PassID: "pass_abc123", FirstName: "Ada", LastName: "Okafor",
	})
	entries := recorder.Stop()
	if err == nil && len(resp.Attempts) != 2 {
		err = fmt.Errorf("the call took %d attempts, not 2", len(resp.Attempts))
	}
	return entries, err
}
