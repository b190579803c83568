package sandbox

import "github.com/bardge/bardge-go/sandbox/fakeserver"

// What the sandbox shares with those of other vendors.
type (
	// Fault is something that goes wrong with one request. Its text is what the
	// command and [FaultHeader] take; see [ParseFault].
	Fault = fakeserver.Fault
	// Ledger is a list of requests, in the order in which they arrived, each an
	// [Entry]. Its String has aligned columns.
	Ledger = fakeserver.Ledger[Operation]
	// Entry is what the server knows of one request that reached it. It holds
	// no body, key or other secret. See [fakeserver.Entry] for its fields.
	Entry = fakeserver.Entry[Operation]
	// Result is what became of a request on the server.
	Result = fakeserver.Result
	// TB is what [Start] needs of a *testing.T, *testing.B or *testing.F.
	TB = fakeserver.TB
)

// FaultHeader is a request header that carries a [Fault] for this very request:
// "lose-response", "delay-before=2s". A request that repeats an idempotency key
// the server has seen ignores it, so that a client which sends its headers on
// every attempt meets the fault once.
const FaultHeader = fakeserver.FaultHeader

// The results, as in [Entry].Result.
const (
	// ResultPending: the request is still running.
	ResultPending = fakeserver.ResultPending
	// ResultExecuted: the operation was executed by this request.
	ResultExecuted = fakeserver.ResultExecuted
	// ResultReplayed: the response of an earlier request with the same key was
	// given again. Nothing was executed.
	ResultReplayed = fakeserver.ResultReplayed
	// ResultRejected: an error, or a proxy's page, was the response. Nothing
	// was executed.
	ResultRejected = fakeserver.ResultRejected
	// ResultDropped: the connection was closed. Nothing was executed.
	ResultDropped = fakeserver.ResultDropped
)
