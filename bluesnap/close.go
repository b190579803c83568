package bluesnap

import (
	"context"

	"github.com/bardge/bardge-go/idem"
)

// ErrClientClosed is in the errors of calls that begin after [Client.Close].
// They send nothing; the [Error] has what is known by ref or key.
var ErrClientClosed = idem.ErrClosed

// Close ends the client's work in order. Calls that begin from now on end with
// [ErrClientClosed]. Calls in progress end with retries and records;
// [Client.Recover] and [Client.RunRecovery] finish what has begun. Then idle
// connections are closed. Close the journal after Close has returned nil.
//
// If ctx ends first, the error wraps its error and counts the calls in
// progress, the SDK's own reads included; they go on, and Close may be called
// again. A process that exits earlier loses their outcomes; with a journal,
// [Client.Recover] finishes them in the next process.
//
// Close may be called repeatedly and concurrently, but not by an observer, a
// callback of RunRecovery, or in a loop over Recover: it waits for these.
func (c *Client) Close(ctx context.Context) error { return c.core.Close(ctx) }
