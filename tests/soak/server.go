// Package soak lets many callers work for a long time against a server with
// random faults, with a durable journal, and requires two things: nothing in
// the client grows with the number of calls, and in the end the ledger agrees
// with every claim.
package soak

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

const (
	// keyMemory is short, so that many keys and refs reach the end of their
	// windows during the soak, and longer than a lease.
	keyMemory = 15 * time.Second
	// faultRate is how many requests meet a fault.
	faultRate = 0.05
	// truthPath is where the server reports what it executed. It is no part of
	// the API.
	truthPath = "/truth"
)

// hello is the first output of the server's process, one line of JSON.
type hello struct {
	Address string       `json:"address"`
	Account string       `json:"account"` // the sandbox's made-up API key
	Seed    sandbox.Seed `json:"seed"`
}

// truth is what the server executed: the passes that it issued, by client; each
// order has a client of its own. The ledger shows what was executed; the passes
// themselves show for whom.
type truth struct {
	server  *sandbox.Sandbox
	client  *bardge.Client
	read    int // entries of the ledger
	pending []string
	issued  map[string][]string
}

// serve is the server's process. It ends when standard input does, so that it
// never outlives the soak.
func serve() error {
	server, err := sandbox.New(sandbox.WithKeyMemory(keyMemory))
	if err != nil {
		return err
	}
	defer server.Close()
	client, err := bardge.New(server.APIKey, bardge.WithBaseURL(server.URL), bardge.WithHTTPClient(server.Client()))
	if err != nil {
		return err
	}
	executed := &truth{server: server, client: client, issued: map[string][]string{}}
	mux := http.NewServeMux()
	mux.Handle(sandbox.BasePath+"/", faulty(server.Handler()))
	mux.Handle(truthPath, executed)
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	front := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() {
		_, _ = os.Stdin.Read(make([]byte, 1)) // until it is closed
		_ = front.Close()
	}()
	greeting := hello{Address: l.Addr().String(), Account: server.APIKey, Seed: server.Seed}
	if err := json.NewEncoder(os.Stdout).Encode(greeting); err != nil {
		return err
	}
	_ = front.Serve(l) // ends with Close
	return nil
}

// faulty lets some requests meet a fault of an everyday kind. A rejection of
// their rate is not among them: the client would take it for a limit, and send
// at a small part of the pace that the soak is for.
func faulty(next http.Handler) http.Handler {
	kinds := slices.DeleteFunc(fakeserver.EverydayFaults(), func(f sandbox.Fault) bool {
		return strings.HasPrefix(string(f), "too-many")
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(sandbox.FaultHeader) == "" && rand.Float64() < faultRate {
			r.Header.Set(sandbox.FaultHeader, string(kinds[rand.IntN(len(kinds))]))
		}
		next.ServeHTTP(w, r)
	})
}

// ServeHTTP responds with the ids of the passes of each requested client.
func (t *truth) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := t.update(r.Context()); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	response := t.issued
	if asked := r.URL.Query().Get("client"); asked != "" {
		response = map[string][]string{}
		for client := range strings.SplitSeq(asked, ",") {
			response[client] = t.issued[client]
		}
	}
	body, err := json.Marshal(response)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(body) // the client may have gone
}

// update reads new entries of the ledger. The soak sends one request at a time.
func (t *truth) update(ctx context.Context) error {
	ledger := t.server.Ledger()
	for ; t.read < len(ledger); t.read++ {
		e := ledger[t.read]
		if e.Operation != sandbox.IssuePass {
			continue
		}
		if e.Result == sandbox.ResultPending {
			break // later ones wait for it, so that none is missed
		}
		if e.Result == sandbox.ResultExecuted {
			t.pending = append(t.pending, e.Resource)
		}
	}
	for len(t.pending) > 0 {
		calm := bardge.WithHeader(sandbox.FaultHeader, string(sandbox.NoFault))
		pass, _, err := t.client.IssuedPasses.Get(ctx, t.pending[0], calm)
		if err != nil {
			return fmt.Errorf("pass %s: %w", t.pending[0], err)
		}
		t.issued[pass.ClientID] = append(t.issued[pass.ClientID], pass.ID)
		t.pending = t.pending[1:]
	}
	return nil
}
