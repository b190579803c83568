package temporal

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bardgetest"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

type world struct {
	sandbox    *sandbox.Sandbox
	activities *Activities
}

func newWorld(t *testing.T) world {
	t.Helper()
	sb, err := sandbox.New()
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	api, err := bardge.New(sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()),
		bardge.WithJournal(journal.NewMemory(), "acme")) // in production: journal/postgres
	require.NoError(t, err)
	return world{sb, &Activities{Client: api, PassID: sb.Seed.PassID}}
}

// run runs a workflow with this id, as any worker may at any time.
func (w world) run(t *testing.T, id string, members []Member) *testsuite.TestWorkflowEnvironment {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: id, TaskQueue: "passes"})
	env.SetTestTimeout(time.Minute)
	env.RegisterActivity(w.activities)
	env.ExecuteWorkflow(IssueAll, members, nil)
	require.True(t, env.IsWorkflowCompleted())
	return env
}

func members(n int) []Member {
	all := make([]Member, n)
	for i := range all {
		all[i] = Member{Policy: fmt.Sprintf("H-%04d", i), Number: fmt.Sprintf("%06d", i)}
	}
	return all
}

func TestAWorkflowThatRunsTwiceBuysOnce(t *testing.T) {
	w := newWorld(t)
	results := make([]map[string]string, 2)
	for i := range results {
		env := w.run(t, "night-1", members(20))
		require.NoError(t, env.GetWorkflowError())
		require.NoError(t, env.GetWorkflowResult(&results[i]))
	}
	assert.Len(t, results[0], 20)
	assert.Equal(t, results[0], results[1], "the journal has them")
	assert.Equal(t, 20, w.sandbox.Requests(sandbox.IssuePass))

	env := w.run(t, "night-2", members(20))
	require.NoError(t, env.GetWorkflowError())
	assert.Equal(t, 40, w.sandbox.Requests(sandbox.IssuePass), "another workflow is another order")
}

func TestALongListContinuesAsNew(t *testing.T) {
	w := newWorld(t)
	env := w.run(t, "night-1", members(pageSize+1))
	assert.True(t, workflow.IsContinueAsNewError(env.GetWorkflowError()))
	assert.Equal(t, pageSize, w.sandbox.Requests(sandbox.IssuePass))
}

func TestARejectedItemIsTriedOnce(t *testing.T) {
	w := newWorld(t)
	env := w.run(t, "night-1", []Member{{Policy: "H-1", Number: "1"}, {Policy: "H-2"}})
	require.ErrorContains(t, env.GetWorkflowError(), "H-2")
	assert.Equal(t, 1, w.sandbox.Requests(sandbox.IssuePass), "the other one has its pass")
}

func TestErrorsInTemporalsWords(t *testing.T) {
	limited := activityError(context.Background(), bardgetest.RateLimited("IssuePass", 7*time.Second))
	var e *sdk.ApplicationError
	require.ErrorAs(t, limited, &e)
	assert.False(t, e.NonRetryable())
	assert.Equal(t, 7*time.Second, e.NextRetryDelay())

	for err, kind := range map[*bardge.Error]string{
		bardgetest.Rejected("IssuePass", bardge.ErrPassNotFound): "rejected",
		bardgetest.KeyExpired("IssuePass", bardge.NewKey()):      "in doubt",
		bardgetest.Invalid("IssuePass", "PassID", "is not set"):  "rejected",
	} {
		require.ErrorAs(t, activityError(context.Background(), err), &e)
		assert.True(t, e.NonRetryable())
		assert.Equal(t, kind, e.Type())
	}
	for _, err := range []error{
		bardgetest.NotSent("IssuePass"), bardgetest.Unknown("IssuePass", bardge.NewKey(), time.Now().Add(time.Minute)),
	} {
		assert.Equal(t, err, activityError(context.Background(), err))
	}
}
