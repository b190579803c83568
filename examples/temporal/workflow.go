// Package temporal shows operations of the API as activities of Temporal, each
// executed once.
//
// A ref is made of the workflow's id and the item's key. Both are the same in
// each attempt of the activity, after a reset of the workflow, and in the next
// run of one that continues as new. The run's id, the attempt and the activity's
// default id are not. The journal decides whether the operation was executed.
package temporal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	sdk "go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/bardge/bardge-go"
)

// Member wants a pass. Histories show it: keep names out of it.
type Member struct {
	Policy string // the item's key in the workflow
	Number string
}

// pageSize is how many members one run of the workflow takes: a history is
// bounded.
const pageSize = 500

// IssueAll issues a pass to each member and returns the passes' ids by policy.
func IssueAll(ctx workflow.Context, members []Member, done map[string]string) (map[string]string, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 3 * time.Minute, // more than a call takes
		RetryPolicy:         &sdk.RetryPolicy{InitialInterval: 15 * time.Second, MaximumInterval: 10 * time.Minute},
	})
	if done == nil {
		done = map[string]string{}
	}
	page := members[:min(pageSize, len(members))]
	futures := make([]workflow.Future, len(page))
	for i, m := range page {
		futures[i] = workflow.ExecuteActivity(ctx, (*Activities).Issue, m)
	}
	var failed error
	for i, f := range futures {
		var id string
		if err := f.Get(ctx, &id); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", page[i].Policy, err))
			continue
		}
		done[page[i].Policy] = id
	}
	rest := members[len(page):]
	if failed != nil || len(rest) == 0 {
		return done, failed
	}
	return nil, workflow.NewContinueAsNewError(ctx, IssueAll, rest, done)
}

// Activities call the API. Their client has a durable journal, which all
// workers share.
type Activities struct {
	Client *bardge.Client
	PassID string
}

// Issue issues a pass, and returns its id.
func (a *Activities) Issue(ctx context.Context, m Member) (string, error) {
	ref := activity.GetInfo(ctx).WorkflowExecution.ID + "/" + m.Policy
	pass, _, err := a.Client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
		ClientID: m.Number, PassID: a.PassID,
	}, bardge.WithRef(ref))
	if err != nil {
		return "", activityError(ctx, err)
	}
	return pass.ID, nil
}

// activityError is the call's error as Temporal needs it: tried again when the
// API asks for it, later, or never.
func activityError(ctx context.Context, err error) error {
	e, ok := errors.AsType[*bardge.Error](err)
	switch {
	case !ok || ctx.Err() != nil:
		return err
	case errors.Is(err, bardge.ErrRateLimited):
		return sdk.NewApplicationErrorWithOptions(err.Error(), "rate limited",
			sdk.ApplicationErrorOptions{NextRetryDelay: max(e.RetryAfter, time.Second), Cause: err})
	case bardge.RetryHelps(err) || e.Outcome == bardge.OutcomeNotSent && !isInvalid(err):
		return err
	case e.Outcome == bardge.OutcomeUnknown: // a person resolves it, then resets the workflow
		return sdk.NewNonRetryableApplicationError(err.Error(), "in doubt", err)
	default:
		return sdk.NewNonRetryableApplicationError(err.Error(), "rejected", err)
	}
}

func isInvalid(err error) bool {
	_, invalid := errors.AsType[*bardge.InvalidError](err)
	return invalid
}
