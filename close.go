package bardge

import (
	"context"

	"github.com/bardge/bardge-go/idem"
)

// ErrClientClosed is found in the errors of calls that begin after
// [Client.Close]. They sent nothing. The [Error] reports what is known all the
// same: that nothing was sent or, for a call with a ref or a key, what became
// of the operation before.
var ErrClientClosed = idem.ErrClosed

// Close ends the client's work in order. Calls that begin from now on end with
// [ErrClientClosed], and send nothing. Calls in progress go on to their ends,
// with retries and records; [Client.Recover] and [Client.RunRecovery] finish
// the operations that have begun. Then idle connections are closed. The journal
// stays open: close it after Close has returned nil.
//
// ctx bounds the wait. If it ends first, the error wraps its error and counts
// the calls in progress, the SDK's own reads included; they go on, and Close
// may be called again. A process that exits earlier loses their outcomes; with
// a journal, [Client.Recover] finishes them in the next process.
//
// Close may be called more than once and concurrently, but not by an observer,
// by the callback of RunRecovery, or in a loop over Recover: it waits for
// these.
func (c *Client) Close(ctx context.Context) error { return c.core.Close(ctx) }
