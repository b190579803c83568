package idem_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// paySDK is somebody else's: it knows nothing of this package, and all it lets
// its user choose is the HTTP client.
type paySDK struct {
	baseURL string
	http    *http.Client
}

func (p paySDK) CreateCharge(ctx context.Context, amount int) (id string, err error) {
	body, err := json.Marshal(map[string]int{"amount": amount})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.baseURL+"/v1/charges", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer sk_test")
	req.Header.Set("Idempotency-Key", uuid.NewString()) // another one for each call
	resp, err := p.http.Do(req)
	if err != nil {
		return "", fmt.Errorf("pay: creating the charge: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		return "", fmt.Errorf("pay: %s", resp.Status)
	}
	var charge struct {
		ID string `json:"id"`
	}
	return charge.ID, json.NewDecoder(resp.Body).Decode(&charge)
}

// payServer executes a charge once per key, and loses its first responses.
type payServer struct {
	mu      sync.Mutex
	losses  int
	charges map[string]string // by key
}

func (p *payServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	p.mu.Lock()
	defer p.mu.Unlock()
	key := r.Header.Get("Idempotency-Key")
	if p.charges[key] == "" {
		p.charges[key] = fmt.Sprintf("ch_%d", len(p.charges)+1)
	}
	p.losses--
	if p.losses >= 0 {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	fmt.Fprintf(w, `{"id":%q}`, p.charges[key])
}

func (p *payServer) charged() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.charges)
}

// pay is the vendor's profile, and charges the operation that its keys protect.
var pay = idem.Profile{Vendor: "pay", KeyHeader: "Idempotency-Key", KeyTTL: 24 * time.Hour}

func charges(r *http.Request) (idem.Operation, bool) {
	known := r.Method == http.MethodPost && r.URL.Path == "/v1/charges"
	return payCharge, known
}

var payCharge = idem.Operation{Name: "CreateCharge", Class: idem.Keyed, Success: []int{http.StatusCreated}}

// A transport below somebody else's SDK: a lost response is requested again
// under the key that the SDK has minted, so that nothing is charged twice.
func ExampleNewTransport() {
	server := &payServer{losses: 2, charges: map[string]string{}}
	listening := httptest.NewServer(server)
	defer listening.Close()

	transport, err := idem.NewTransport(pay, charges, func(c *idem.Config) { c.BaseURL = listening.URL })
	if err != nil {
		fmt.Println(err)
		return
	}
	defer transport.CloseIdleConnections()
	sdk := paySDK{listening.URL, &http.Client{Transport: transport}}

	id, err := sdk.CreateCharge(context.Background(), 1100)
	fmt.Println(id, err)
	fmt.Println("charged:", server.charged())
	// Output:
	// ch_1 <nil>
	// charged: 1
}

// The SDK's error still carries the outcome, and with it what may be done.
func ExampleContextWithKey() {
	server := &payServer{losses: 1, charges: map[string]string{}}
	listening := httptest.NewServer(server)
	defer listening.Close()

	transport, err := idem.NewTransport(pay, charges, func(c *idem.Config) {
		c.BaseURL = listening.URL
		c.Policy.MaxAttempts = 1 // so that the call ends in doubt
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer transport.CloseIdleConnections()
	sdk := paySDK{listening.URL, &http.Client{Transport: transport}}

	_, err = sdk.CreateCharge(context.Background(), 1100)
	fmt.Println(idem.OutcomeOf(err), idem.CanRepeat(err))
	id, err := sdk.CreateCharge(idem.ContextWithKey(context.Background(), idem.KeyOf(err)), 1100)
	fmt.Println(id, err)
	fmt.Println("charged:", server.charged())
	// Output:
	// unknown true
	// ch_1 <nil>
	// charged: 1
}

// With a journal, the order's number names the charge: it is made once across
// calls, keys and processes.
func ExampleContextWithRef() {
	server := &payServer{losses: 1, charges: map[string]string{}}
	listening := httptest.NewServer(server)
	defer listening.Close()

	transport, err := idem.NewTransport(pay, charges, func(c *idem.Config) {
		c.BaseURL, c.Journal, c.Account = listening.URL, journal.NewMemory(), "acme"
		c.Policy.MaxAttempts = 1
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer transport.CloseIdleConnections()
	sdk := paySDK{listening.URL, &http.Client{Transport: transport}}

	ctx := idem.ContextWithRef(context.Background(), "order-17/charge")
	for range 3 {
		id, err := sdk.CreateCharge(ctx, 1100)
		fmt.Printf("%q %s\n", id, idem.OutcomeOf(err))
	}
	fmt.Println("charged:", server.charged())
	// Output:
	// "" unknown
	// "ch_1" done
	// "ch_1" done
	// charged: 1
}

// A process has died while its charge was under way. The next one recovers it:
// it sends the recorded request again, under the same key.
func ExampleTransport_Engine() {
	server := &payServer{losses: 1, charges: map[string]string{}}
	listening := httptest.NewServer(server)
	defer listening.Close()
	kept := journal.NewMemory() // a program uses journal/sqlite or journal/postgres

	crashed, err := newPayTransport(listening.URL, kept, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := idem.ContextWithRef(context.Background(), "order-17/charge")
	_, err = paySDK{listening.URL, &http.Client{Transport: crashed}}.CreateCharge(ctx, 1100)
	fmt.Println(idem.OutcomeOf(err))

	transport, err := newPayTransport(listening.URL, kept, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	rows := idem.Recovery{Operation: func(name string) (idem.Operation, bool) {
		return payCharge, name == payCharge.Name
	}}
	for r, err := range transport.Engine().Recover(context.Background(), rows) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(r.Pending.Ref, r.Action, r.Result.Outcome)
	}
	fmt.Println("charged:", server.charged())
	// Output:
	// unknown
	// order-17/charge resend done
	// charged: 1
}

// newPayTransport makes a transport with a journal. Without Authorize, recovery
// would send no credentials: the journal records none.
func newPayTransport(baseURL string, kept journal.Journal, attempts int) (*idem.Transport, error) {
	return idem.NewTransport(pay, charges, func(c *idem.Config) {
		c.BaseURL, c.Journal, c.Account = baseURL, kept, "acme"
		c.Policy.MaxAttempts = attempts
		c.Authorize = func(_ context.Context, h http.Header) error {
			h.Set("Authorization", "Bearer sk_test")
			return nil
		}
	})
}
