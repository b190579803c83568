package bluesnaptest

import (
	"time"

	"github.com/bardge/bardge-go/sandbox/witness"
)

// What the sandbox shares with those of other vendors; package witness documents fields and methods.
type (
	// Fault is something that goes wrong with one request. Its text is what the command and [FaultHeader] take.
	Fault = witness.Fault
	// Ledger is a list of requests, in the order in which they arrived. Its String has aligned columns.
	Ledger = witness.Ledger[Operation]
	// Entry is what the server knows of one request that reached it. It holds no body, key or other secret.
	Entry = witness.Entry[Operation]
	// Result tells what became of a request on the server.
	Result = witness.Result
	// TB is what [Start] needs of a *testing.T, *testing.B or *testing.F.
	TB = witness.TB
)

// FaultHeader is a request header that carries a [Fault] for this very request: "lose-answer", "delay-before=2s". A
// request that repeats an idempotency key the server has seen ignores it.
const FaultHeader = witness.FaultHeader

// Results.
const (
	// ResultPending: the request is still running.
	ResultPending = witness.ResultPending
	// ResultExecuted: the operation was executed by this request, whatever was answered.
	ResultExecuted = witness.ResultExecuted
	// ResultReplayed: the answer of an earlier request with the same key was given again. Nothing was executed.
	ResultReplayed = witness.ResultReplayed
	// ResultRefused: an error, a decline, or a proxy's page was the answer. Nothing was executed.
	ResultRefused = witness.ResultRefused
	// ResultDropped: the connection was closed. Nothing was executed.
	ResultDropped = witness.ResultDropped
)

const (
	// NoFault lets a request pass, to put between two faults or to spare it from random ones.
	NoFault = witness.NoFault
	// Refuse closes the connection before the request is read. Not executed.
	Refuse = witness.Refuse
	// ResetBefore reads the request and resets the connection. Not executed.
	ResetBefore = witness.ResetBefore
	// LoseAnswer executes the operation and resets the connection. An answer that the idempotency layer keeps is kept.
	LoseAnswer = witness.LoseAnswer
	// CutAnswer executes the operation and closes the connection halfway through the answer's body, of which the
	// Content-Length was told in full.
	CutAnswer = witness.CutAnswer
	// KeyStoreFailure answers a request whose key counts with 60106, status 503 (inferred). Not executed, and nothing
	// is kept under the key. Other requests pass.
	KeyStoreFailure = witness.KeyStoreFailure
)

// ServerErrorBefore answers with a status from 500 to 599. Not executed, and nothing is kept under the key.
func ServerErrorBefore(status int) Fault { return witness.ServerErrorBefore(status) }

// ServerErrorAfter executes the operation, then answers with a status from 500 to 599, which the idempotency layer
// keeps or, by [WithStored], does not.
func ServerErrorAfter(status int) Fault { return witness.ServerErrorAfter(status) }

// Unavailable answers 503 with a Retry-After in whole seconds, rounded up; 0 sends none. Not executed.
func Unavailable(retryAfter time.Duration) Fault { return witness.Unavailable(retryAfter) }

// TooMany answers 429 with a Retry-After in whole seconds, rounded up; 0 sends none. Not executed.
func TooMany(retryAfter time.Duration) Fault { return witness.TooMany(retryAfter) }

// DelayBefore takes up the request and its key at once and executes it after d, also if the client has gone by then.
func DelayBefore(d time.Duration) Fault { return witness.DelayBefore(d) }

// DelayAfter executes the operation at once and sends the answer after d.
func DelayAfter(d time.Duration) Fault { return witness.DelayAfter(d) }

// ProxyPage answers with a status from 200 to 599 and an HTML page, as a proxy or portal before the API does. Not
// executed.
func ProxyPage(status int) Fault { return witness.ProxyPage(status) }

// ProxyPageAfter executes the operation, then puts an HTML page with a status from 200 to 599 in place of the answer.
// An answer that the idempotency layer keeps is kept.
func ProxyPageAfter(status int) Fault { return witness.ProxyPageAfter(status) }

// ParseFault reads a fault from its text: a name alone ("refuse", "reset-before", "lose-answer", "cut-answer",
// "key-store-failure", "none"), with a status ("server-error-before=500", "server-error-after=500", "proxy-page=502",
// "proxy-page-after=504") or with a time ("unavailable=2s", "too-many=2s", "delay-before=2s", "delay-after=2s").
func ParseFault(text string) (Fault, error) { return witness.ParseFault(text) }
