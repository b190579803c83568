// Package peers holds the HTTP clients that Go programs use for such work: each
// issues a pass as its documentation recommends for a POST with a key.
//
// All get the same transport and timeout for one attempt. Everything else
// (number of attempts, waits, what is retried) is each client's default, or
// from its documentation if retries are off by default. A client that can send
// a caller's key gets a new UUID for each call; one row has none.
package peers

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/idem"
)

type Setup struct {
	BaseURL string // scheme and host, without a path, as stripe-go requires
	// Transport is closed by the caller; nil is each client's default.
	Transport http.RoundTripper
	Timeout   time.Duration // of one attempt; zero: 15 s
	Backoff   time.Duration // the first wait between attempts; zero: each client's default
}

const defaultTimeout = 15 * time.Second

func (s Setup) withDefaults() Setup {
	if s.Timeout == 0 {
		s.Timeout = defaultTimeout
	}
	return s
}

func (s Setup) httpClient() *http.Client { return &http.Client{Transport: s.Transport} }

// Paths of the call. stripe-go sends JSON under /v2 only.
const (
	Path       = "/issued_passes"
	StripePath = "/v2" + Path
)

// Outcome is what a client reports to its caller about the operation.
type Outcome int

const (
	Unknown Outcome = iota // not reported
	Done                   // the client returned the issued pass
	// Failed: it reports an error response; this SDK: not executed.
	Failed
)

func (o Outcome) String() string { return [...]string{"unknown", "done", "failed"}[o] }

type Result struct {
	Outcome Outcome
	Status  int    // the error status that a failed call reports; else 0
	Code    string // the API's error code of a [Doer]'s failed call; else empty
	// ID is the issued pass's; set if Done, unless its response is lost.
	ID  string
	Err error // the client's error
}

// Client issues passes. It is safe for concurrent use.
type Client interface {
	// Issue makes the n-th operation's call, decoding the response into a
	// struct.
	Issue(ctx context.Context, n int) Result
	Close() // closes the connections that the client keeps
}

type Peer struct {
	Name    string
	Version string
	Keeps   bool                          // the operation's key is sent, the same on every attempt
	New     func(s Setup) (Client, error) // makes a client
}

// All returns every client, this SDK last.
func All() []Peer {
	return []Peer{
		NetHTTP, RetryableHTTP, RetryableHTTPKeyed, Failsafe, Resty, Azcore, Stripe, OpenAI, SDK,
	}
}

// params is the request's body, for clients without a type of their own.
type params struct {
	ClientID string `json:"client_id"`
	PassID   string `json:"pass_id"`
	Email    string `json:"email"`
}

// pass is the response's body, for such clients.
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
	limit     = 10 << 20 // of a response, as in this SDK
)

func paramsOf(n int) params {
	return params{ClientID: clientID(n), PassID: passID, Email: email(n)}
}

func clientID(n int) string { return fmt.Sprintf("client-%d", n) }

func email(n int) string { return fmt.Sprintf("client-%d@example.com", n) }

func done(id string) Result { return Result{Outcome: Done, ID: id} }

func failed(status int, err error) Result { return Result{Outcome: Failed, Status: status, Err: err} }

// unknown is a call without a response: refused, reset, timed out, unreadable.
func unknown(err error) Result { return Result{Outcome: Unknown, Err: err} }

// unanswered is a call of an SDK without a response. Its error carries an outcome
// if the SDK's transport is this project's; any other claims nothing.
func unanswered(err error) Result {
	switch idem.OutcomeOf(err) {
	case idem.OutcomeDone:
		return Result{Outcome: Done, Err: err}
	case idem.OutcomeRejected, idem.OutcomeNotSent:
		return failed(0, err)
	default:
		return unknown(err)
	}
}

// read is the careful hand-written end of a call: status first, then the body,
// up to a limit. The caller closes it.
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
