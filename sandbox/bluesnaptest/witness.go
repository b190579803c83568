package bluesnaptest

import (
	"time"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// What the sandbox shares with those of other vendors; package fakeserver documents fields and methods.
type (
	// Fault is something that goes wrong with one request. Its text is what the command and [FaultHeader] take.
	Fault = fakeserver.Fault
	// Ledger is a list of requests, in the order in which they arrived. Its String has aligned columns.
	Ledger = fakeserver.Ledger[Operation]
	// Entry is what the server knows of one request that reached it. It holds no body, key or other secret.
	Entry = fakeserver.Entry[Operation]
	// Result tells what became of a request on the server.
	Result = fakeserver.Result
	// TB is what [Start] needs of a *testing.T, *testing.B or *testing.F.
	TB = fakeserver.TB
)

// FaultHeader is a request header that carries a [Fault] for this very request: "lose-response", "delay-before=2s". A
// request that repeats an idempotency key the server has seen ignores it.
const FaultHeader = fakeserver.FaultHeader

// Results.
const (
	// ResultPending: the request is still running.
	ResultPending = fakeserver.ResultPending
	// ResultExecuted: the operation was executed by this request, whatever was answered.
	ResultExecuted = fakeserver.ResultExecuted
	// ResultReplayed: the answer of an earlier request with the same key was given again. Nothing was executed.
	ResultReplayed = fakeserver.ResultReplayed
	// ResultRejected: an error, a decline, or a proxy's page was the answer. Nothing was executed.
	ResultRejected = fakeserver.ResultRejected
	// ResultDropped: the connection was closed. Nothing was executed.
	ResultDropped = fakeserver.ResultDropped
)

const (
	// NoFault lets a request pass, to put between two faults or to spare it from random ones.
	NoFault = fakeserver.NoFault
	// Refuse closes the connection before the request is read. Not executed.
	Refuse = fakeserver.Refuse
	// ResetBefore reads the request and resets the connection. Not executed.
	ResetBefore = fakeserver.ResetBefore
	// LoseResponse executes the operation and resets the connection. A response that
	// the idempotency layer keeps is kept.
	LoseResponse = fakeserver.LoseResponse
	// CutResponse executes the operation and closes the connection halfway through the answer's body, of which the
	// Content-Length was told in full.
	CutResponse = fakeserver.CutResponse
	// KeyStoreFailure answers a request whose key counts with 60106, status 503 (inferred). Not executed, and nothing
	// is kept under the key. Other requests pass.
	KeyStoreFailure = fakeserver.KeyStoreFailure
)

// ServerErrorBefore answers with a status from 500 to 599. Not executed, and nothing is kept under the key.
func ServerErrorBefore(status int) Fault { return fakeserver.ServerErrorBefore(status) }

// ServerErrorAfter executes the operation, then answers with a status from 500 to 599, which the idempotency layer
// keeps or, by [WithStored], does not.
func ServerErrorAfter(status int) Fault { return fakeserver.ServerErrorAfter(status) }

// Unavailable answers 503 with a Retry-After in whole seconds, rounded up; 0 sends none. Not executed.
func Unavailable(retryAfter time.Duration) Fault { return fakeserver.Unavailable(retryAfter) }

// TooMany answers 429 with a Retry-After in whole seconds, rounded up; 0 sends none. Not executed.
func TooMany(retryAfter time.Duration) Fault { return fakeserver.TooMany(retryAfter) }

// DelayBefore takes up the request and its key at once and executes it after d, also if the client has gone by then.
func DelayBefore(d time.Duration) Fault { return fakeserver.DelayBefore(d) }

// DelayAfter executes the operation at once and sends the answer after d.
func DelayAfter(d time.Duration) Fault { return fakeserver.DelayAfter(d) }

// ProxyPage answers with a status from 200 to 599 and an HTML page, as a proxy or portal before the API does. Not
// executed.
func ProxyPage(status int) Fault { return fakeserver.ProxyPage(status) }

// ProxyPageAfter executes the operation, then puts an HTML page with a status from 200 to 599 in place of the answer.
// An answer that the idempotency layer keeps is kept.
func ProxyPageAfter(status int) Fault { return fakeserver.ProxyPageAfter(status) }

// ParseFault reads a fault from its text: a name alone ("refuse", "reset-before", "lose-response", "cut-response",
// "key-store-failure", "none"), with a status ("server-error-before=500", "server-error-after=500", "proxy-page=502",
// "proxy-page-after=504") or with a time ("unavailable=2s", "too-many=2s", "delay-before=2s", "delay-after=2s").
func ParseFault(text string) (Fault, error) { return fakeserver.ParseFault(text) }
