package bluesnap

import (
	"context"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// RecoveryOptions bound one pass of [Client.Recover]. The zero value takes up
// all operations that are due, four at a time.
type RecoveryOptions struct {
	Limit       int           // how many operations are yielded at most; zero: no limit
	OlderThan   time.Duration // leaves out operations whose intent is not older; zero: none
	Operation   string        // leaves out all but those with this name; empty: none
	Concurrency int           // how many are worked on at the same time; zero: 4; at most 256
	// DryRun lists what would be taken up, with RecoveryResult.Action, in the
	// order of the ids. It sends nothing, takes no lease and changes no record.
	DryRun bool
}

// RecoveryAction is what [Client.Recover] does with an operation.
type RecoveryAction = idem.RecoveryAction

// The actions of [Client.Recover].
const (
	ActionReport    RecoveryAction = idem.ActionReport    // nothing is sent or read; the zero value
	ActionSend      RecoveryAction = idem.ActionSend      // reserved, is sent for the first time, whatever its class
	ActionResend    RecoveryAction = idem.ActionResend    // may have been sent, is sent again
	ActionReconcile RecoveryAction = idem.ActionReconcile // may have been executed: the API is read
)

// RunRecovery runs [Client.Recover] at once and then again and again, with a
// pause of every in between, until ctx ends. Run it in a goroutine of its own,
// so that start-up waits for neither the API nor the journal:
//
//	go client.RunRecovery(ctx, time.Minute, func(r *bluesnap.RecoveryResult) { log.Print(r) })
//
// A key's window is twelve hours: an interval of minutes is short enough. Each
// pass is bounded by five minutes, or by every if that is longer. Passes never
// overlap.
//
// A failure, such as the journal's, ends the pass and not the loop: logger and
// observer get an [EventRecoveryFailed]. A panic in a pass, also of each, is
// contained and logged once. RunRecovery returns an *[InvalidError] for bad
// arguments or without a journal, else the context's error or, after
// [Client.Close], [ErrClientClosed].
func (c *Client) RunRecovery(
	ctx context.Context, every time.Duration, each func(*RecoveryResult), opts ...RecoveryOptions,
) error {
	return sdk.RunRecovery(ctx, c.core, every, each, c.newRecoveryResult, opts)
}
