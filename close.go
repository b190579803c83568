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

// Close ends the client's work in order:
//
//   - Calls that begin from now on end with [ErrClientClosed], and send
//     nothing.
//   - Calls in progress go on to their ends, with retries and records.
//   - [Client.Recover] and [Client.RunRecovery] finish and record the
//     operations that have begun, and end with [ErrClientClosed].
//   - Then idle connections are closed, as [Client.CloseIdleConnections] does.
//
// ctx bounds the wait. If it ends first, the error wraps its error and counts
// the calls still in progress, recovery and the SDK's own reads included. They
// go on, each until its own context ends, and Close may be called again. A
// process that exits earlier loses their outcomes; with a journal,
// [Client.Recover] finishes them in the next process. The journal stays open:
// close it after Close has returned nil.
//
// Close may be called more than once and concurrently. It must not be called by
// an observer, by the callback of RunRecovery, or in a loop over Recover: it
// waits for its callers there.
func (c *Client) Close(ctx context.Context) error { return c.core.Close(ctx) }
