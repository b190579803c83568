package measurement

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/bench/peers"
)

// MemoryURL is for [MemoryTransport]. It is https, as a live one is.
const MemoryURL = "https://api.example.com"

// timeout bounds each attempt; it is never reached.
const timeout = 30 * time.Second

// Workload is one client at work.
type Workload struct {
	Name string // the client's
	// Run makes that many calls, and fails if one does not return its pass.
	Run func(calls int) error
	// Less, if not nil, runs right before Run, and its time is subtracted. It
	// makes as many calls, and fails likewise.
	Less  func(calls int) error
	Close func() // closes the client's connections
}

// NewWorkload makes a client over the transport, for that many concurrent
// callers. Each call begins in its caller's goroutine.
func NewWorkload(p peers.Peer, url string, transport http.RoundTripper, callers int) (Workload, error) {
	client, err := p.New(peers.Setup{BaseURL: url, Transport: transport, Timeout: timeout})
	if err != nil {
		return Workload{}, fmt.Errorf("%s: %w", p.Name, err)
	}
	run := func(calls int) error { return issue(client, calls) }
	if callers > 1 {
		run = func(calls int) error { return issueTogether(client, calls, callers) }
	}
	return Workload{Name: p.Name, Run: run, Close: client.Close}, nil
}

func issue(client peers.Client, calls int) error {
	for n := range calls {
		r := client.Issue(context.Background(), n)
		if r.Err != nil || r.Outcome != peers.Done || r.ID != answerID {
			return fmt.Errorf("call %d: outcome %s, status %d, pass %q: %w", n, r.Outcome, r.Status, r.ID, r.Err)
		}
	}
	return nil
}

func issueTogether(client peers.Client, calls, callers int) error {
	ended := make(chan error, callers)
	for i := range callers {
		share := (calls + i) / callers
		go func() { ended <- issue(client, share) }()
	}
	var failed error
	for range callers {
		if err := <-ended; err != nil {
			failed = err
		}
	}
	return failed
}
