package sandbox

import "github.com/bardge/bardge-go/sandbox/witness"

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

// FaultHeader is a request header that carries a [Fault] for this very request: "lose-answer",
// "delay-before=2s". A request that repeats an idempotency key the server has seen ignores it, so that a client which
// sends its headers on every attempt meets the fault once.
const FaultHeader = witness.FaultHeader

// Results.
const (
	// ResultPending: the request is still running.
	ResultPending = witness.ResultPending
	// ResultExecuted: the operation was executed by this request.
	ResultExecuted = witness.ResultExecuted
	// ResultReplayed: the answer of an earlier request with the same key was given again. Nothing was executed.
	ResultReplayed = witness.ResultReplayed
	// ResultRefused: an error, or a proxy's page, was the answer. Nothing was executed.
	ResultRefused = witness.ResultRefused
	// ResultDropped: the connection was closed. Nothing was executed.
	ResultDropped = witness.ResultDropped
)
