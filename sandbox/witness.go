package sandbox

import "github.com/bardge/bardge-go/sandbox/fakeserver"

// What the sandbox shares with other vendors' sandboxes.
type (
	// Fault is a fault of one request. The command and [FaultHeader] take its
	// text; see [ParseFault].
	Fault = fakeserver.Fault
	// Ledger lists requests in order of arrival, each an [Entry]. Its String
	// has aligned columns.
	Ledger = fakeserver.Ledger[Operation]
	// Entry is the server's record of one request. It holds no body, key or
	// other secret. See [fakeserver.Entry] for its fields.
	Entry = fakeserver.Entry[Operation]
	// Result is the result of a request on the server.
	Result = fakeserver.Result
	// TB is what [Start] needs of a *testing.T, *testing.B or *testing.F.
	TB = fakeserver.TB
)

// FaultHeader is a request header that carries a [Fault] for this request:
// "lose-response", "delay-before=2s". It is ignored if the server has seen the
// request's idempotency key before, so that a client that sends its headers on
// every attempt meets the fault once.
const FaultHeader = fakeserver.FaultHeader

// The results, as in [Entry].Result.
const (
	// ResultPending: the request is still running.
	ResultPending = fakeserver.ResultPending
	// ResultExecuted: the operation was executed by this request.
	ResultExecuted = fakeserver.ResultExecuted
	// ResultReplayed: the stored response of an earlier request with the same
	// key was sent. Nothing was executed.
	ResultReplayed = fakeserver.ResultReplayed
	// ResultRejected: the response was an error, or a proxy's page. Nothing was
	// executed.
	ResultRejected = fakeserver.ResultRejected
	// ResultDropped: the connection was closed. Nothing was executed.
	ResultDropped = fakeserver.ResultDropped
)
