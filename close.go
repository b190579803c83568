package bardge

import (
	"context"

	"github.com/bardge/bardge-go/idem"
)

// ErrClientClosed is found in the error of what begins after [Client.Close]. It
// sent nothing. The [Error] of a call reports what is known all the same: that
// nothing was sent, or, where the call names a ref or a key, what became of
// that before.
var ErrClientClosed = idem.ErrClosed

// Close ends the client's work in order, as a program does before it exits:
//
//   - What begins from now on ends at once with [ErrClientClosed], and sends
//     nothing.
//   - Calls under way go on to their ends, with retries and records.
//   - [Client.Recover] and [Client.RunRecovery] finish and record the
//     operations that have begun, take up no more, and end with
//     [ErrClientClosed].
//   - Then idle connections are closed, as [Client.CloseIdleConnections] does.
//
// The journal stays open: it is the caller's, who may close it once Close has
// returned nil. ctx bounds the wait. If it ends first, the error wraps its
// error and counts the calls that are still under way, recovery and the SDK's
// own reads included. They are not cut short; each ends by its own context, and
// Close may be called again to wait for them. A process that exits before that
// loses the outcomes of those calls, which a journal makes good:
// [Client.Recover] takes them up in the next process.
//
// Close may be called more than once and by several goroutines. It must not be
// called by an observer, by the callback of RunRecovery, or in a loop over
// Recover: it waits for what calls it.
func (c *Client) Close(ctx context.Context) error { return c.core.Close(ctx) }
