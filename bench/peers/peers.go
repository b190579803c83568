// Package peers puts the HTTP clients that Go programs use for such work side by side: each issues a pass, in the way
// that its own documentation recommends for a POST which an idempotency key protects.
//
// All get the same transport and the same time for one attempt. Everything else (number of attempts, waits, what is
// tried again) is each client's default, or what its documentation shows where retries are off by default. A client
// that can send a caller's key is given a new UUID for each call; one row of go-retryablehttp goes without, as most
// code does.
package peers

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Setup is what every client is made with.
type Setup struct {
	// BaseURL is scheme and host, without a path: stripe-go wants one of its own.
	BaseURL string
	// Transport carries the requests; nil is each client's default. It is the caller's to close.
	Transport http.RoundTripper
	// Timeout bounds one attempt. Zero is 15 s.
	Timeout time.Duration
	// Backoff is the first wait between attempts. Zero is each client's default.
	Backoff time.Duration
}

const defaultTimeout = 15 * time.Second

// withDefaults fills in the zero values.
func (s Setup) withDefaults() Setup {
	if s.Timeout == 0 {
		s.Timeout = defaultTimeout
	}
	return s
}

// httpClient has no timeout of its own; the clients that take one from it set it.
func (s Setup) httpClient() *http.Client { return &http.Client{Transport: s.Transport} }

// Paths of the call. stripe-go speaks JSON under /v2 only.
const (
	Path       = "/issued_passes"
	StripePath = "/v2" + Path
)

// Outcome is what a client tells its caller about the operation.
type Outcome int

const (
	// Unknown: the client does not say whether the operation was executed.
	Unknown Outcome = iota
	// Done: the client returned the issued pass.
	Done
	// Failed: the client reports that the server answered with an error. This SDK: that it was not executed.
	Failed
)

// String returns the outcome's name.
func (o Outcome) String() string { return [...]string{"unknown", "done", "failed"}[o] }

// Result is how one call ended.
type Result struct {
	Outcome Outcome
	// Status is the error status that a failed call reports; 0 otherwise.
	Status int
	// Code is the code of the API's error object, of a failed call by a [Doer]; empty otherwise.
	Code string
	// ID is the issued pass's; set if Done, unless this SDK knows that the operation was executed and lost its answer.
	ID string
	// Err is what the client returned.
	Err error
}

// Client issues passes. It is safe for concurrent use.
type Client interface {
	// Issue makes one issue-pass call for the n-th operation: it builds the request, sends it and decodes the answer
	// into a struct.
	Issue(ctx context.Context, n int) Result
	// Close closes the connections that the client keeps.
	Close()
}

// Peer is one client library.
type Peer struct {
	Name    string
	Version string
	// Keeps tells that the operation's idempotency key is sent, the same on every attempt.
	Keeps bool
	// New makes a client.
	New func(s Setup) (Client, error)
}

// All returns every client, this SDK last.
func All() []Peer {
	return []Peer{
		NetHTTP, RetryableHTTP, RetryableHTTPKeyed, Failsafe, Resty, Azcore, Stripe, OpenAI, SDK,
	}
}

// params is the request's body, for the clients that bring no type of their own.
type params struct {
	ClientID string `json:"client_id"`
	PassID   string `json:"pass_id"`
	Email    string `json:"email"`
}

// pass is the answer's body, likewise, as one writes it by hand.
type pass struct {
	Object        string     `json:"object"`
	ID            string     `json:"id"`
	Passcode      string     `json:"passcode"`
	Status        string     `json:"status"`
	Categories    []category `json:"categories"`
	Created       int64      `json:"created"`
	Message       string     `json:"message"`
	ClientID      string     `json:"client_id"`
	TransactionID string     `json:"transaction_id"`
	TxRef         string     `json:"tx_ref"`
	PassID        string     `json:"pass_id"`
	PassName      string     `json:"pass_name"`
	StartDate     int64      `json:"start_date"`
	ExpiresAt     int64      `json:"expires_at"`
}

type category struct {
	Type            string `json:"type"`
	Duration        string `json:"duration"`
	CreditAllocated int    `json:"credit_allocated"`
	VisitsAllowed   int    `json:"visits_allowed"`
}

const (
	apiKey    = "bench-key"
	keyHeader = "Idempotency-Key"
	passID    = "pass_abc123"
	limit     = 10 << 20 // of an answer, as this SDK has it
)

func paramsOf(n int) params {
	return params{ClientID: clientID(n), PassID: passID, Email: email(n)}
}

func clientID(n int) string { return fmt.Sprintf("client-%d", n) }

func email(n int) string { return fmt.Sprintf("client-%d@example.com", n) }

// done is the result of a call that brought the pass.
func done(id string) Result { return Result{Outcome: Done, ID: id} }

// failed is the result of a call that reports an error answer of the server.
func failed(status int, err error) Result { return Result{Outcome: Failed, Status: status, Err: err} }

// unknown is the result of a call that ended in an error which tells of no answer: refused, reset, timed out,
// unreadable. It claims nothing.
func unknown(err error) Result { return Result{Outcome: Unknown, Err: err} }

// read is the careful hand-written end of a call: status first, then the body, up to a limit. The caller closes it.
func read(resp *http.Response) Result {
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit))
	if resp.StatusCode >= http.StatusMultipleChoices {
		r := failed(resp.StatusCode, fmt.Errorf("status %d", resp.StatusCode))
		r.Code = codeOf(body)
		return r
	}
	if err != nil {
		return unknown(err)
	}
	var p pass
	if err := json.Unmarshal(body, &p); err != nil {
		return unknown(err)
	}
	return done(p.ID)
}

// codeOf returns the code of the API's error object; empty if the body has none.
func codeOf(body []byte) string {
	var b struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &b) != nil {
		return ""
	}
	return b.Error.Code
}
