package bardge

import (
	"context"

	"github.com/bardge/bardge-go/internal/sdk"
)

// Check tries what a client's API key and network can do, without changing
// anything: it sends the reads of the API, measures latency and clocks, and
// holds each response against the contract. The report lists what is
// confirmed, what differs and what was not tried, per operation and field.
//
// An error is why the check ended early, such as an *[Error] of a refused API
// key or an unreachable server, or a rejected write's, after which the
// reads go on. The report then holds what was found, and its Problem is what is
// wrong in words. Without an error the check went through and may have found
// differences. A bad option is an *[InvalidError], and the only error without a
// report.
//
// Nothing is changed unless CheckOptions.AllowWrites names it. The report of
// such a write has its outcome and key, also together with an error: with
// [OutcomeUnknown], resume it as any other.
func Check(ctx context.Context, c *Client, o CheckOptions) (*CheckReport, error) {
	err := o.complete()
	if c == nil {
		err = &InvalidError{Field: "client", Reason: "is nil"}
	}
	if err != nil {
		return nil, sdk.Named("bardge: check", err)
	}
	run := newCheckRun(c, o)
	err = run.all(ctx)
	return run.conclude(err), err
}
