package scenarios

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

// A bentRow is how a call ends at a sandbox that is bent in one way.
type bentRow struct {
	bend  string
	drift []string // all of it, in words
	ends  ending
	after sandbox.Fault // strikes the call's first request
	// absent: all that follows is missing fields.
	absent bool
	// rejected makes the call one that the API rejects.
	rejected bool
}

// ending is how a call ends.
type ending string

const (
	succeeds   ending = ""
	unreadable ending = "done, and the response cannot be read"
	incomplete ending = "done, and the response lacks what is essential"
	ambiguous  ending = "unknown"
	refused    ending = "rejected"
)

func (e ending) check(t *testing.T, got sdktest.Result) {
	t.Helper()
	switch e {
	case succeeds:
		require.NoError(t, got.Err)
		assert.NotEmpty(t, got.Got)
	case incomplete:
		require.ErrorIs(t, got.Err, bardge.ErrResponseIncomplete)
		assert.Equal(t, bardge.OutcomeDone, bardge.OutcomeOf(got.Err))
		assert.Empty(t, got.Got)
	case unreadable:
		require.Error(t, got.Err)
		assert.Equal(t, bardge.OutcomeDone, bardge.OutcomeOf(got.Err), got.Err)
	case ambiguous:
		assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(got.Err), got.Err)
	case refused:
		assert.Equal(t, bardge.OutcomeRejected, bardge.OutcomeOf(got.Err), got.Err)
	}
}

// isRight checks an outcome against what the sandbox executed.
func isRight(t *testing.T, sb *sandbox.Sandbox, op sandbox.Operation, err error) {
	t.Helper()
	executed := sb.Executed(op)
	if op.Operation().Class == gen.RetryClassSafe {
		return
	}
	require.LessOrEqual(t, executed, 1, "duplicates\n%s", sb.Ledger())
	switch bardge.OutcomeOf(err) {
	case bardge.OutcomeDone:
		assert.Equal(t, 1, executed, "done\n%s", sb.Ledger())
	case bardge.OutcomeRejected, bardge.OutcomeNotSent:
		assert.Zero(t, executed, "%v\n%s", err, sb.Ledger())
	default:
	}
}

func (row bentRow) run(t *testing.T) {
	t.Helper()
	b, err := sandbox.ParseBend(row.bend)
	require.NoError(t, err)
	op := sdktest.OperationOf(sandbox.Operation(strings.Replace(b.Operation, "*", "IssuePass", 1)))
	synctest.Test(t, func(t *testing.T) {
		sb := sandbox.Start(t, sandbox.WithPreview(), sandbox.WithDrift(b))
		s := &sdktest.Sandbox{Sandbox: sb, T: t}
		client := s.NewClient()
		var id string
		if op.Before != nil {
			id = op.Before(t.Context(), client, sb.Seed).Got
		}
		seed := sb.Seed
		if row.rejected {
			seed.PassID, seed.ClientID, seed.IssuedPassID = "pass_none", "client_none", "brgpass_none"
		}
		if row.after != "" {
			sb.Next(op.ID, row.after)
		}
		got := op.Call(t.Context(), client, seed, id)
		row.ends.check(t, got)
		isRight(t, sb, op.ID, got.Err)
		row.checkDrift(t, wordsOf(got.Response.Drift))
	})
}

func (row bentRow) checkDrift(t *testing.T, drift []string) {
	t.Helper()
	if row.absent {
		require.Greater(t, len(drift), len(row.drift))
		for _, words := range drift[len(row.drift):] {
			assert.True(t, strings.HasPrefix(words, "missing field: "), words)
		}
		drift = drift[:len(row.drift)]
	}
	assert.Equal(t, row.drift, drift)
}

func wordsOf(drift []bardge.Drift) (words []string) {
	for _, d := range drift {
		words = append(words, d.String())
	}
	return words
}

// Each bend gives its lines of drift and no other, and no wrong outcome.
func TestEachBendIsFoundOut(t *testing.T) {
	for _, row := range bentRows {
		t.Run(row.bend, row.run)
	}
}

// Without a bend there is no drift, over all operations.
func TestTheSandboxDoesNotDrift(t *testing.T) {
	for _, op := range sdktest.Operations {
		for _, fault := range []sandbox.Fault{sandbox.NoFault, sandbox.LoseResponse} {
			sdktest.WithPreview(t, func(t *testing.T, s *sdktest.Sandbox) {
				var id string
				if op.Before != nil {
					id = op.Before(t.Context(), s.Client, s.Seed).Got
				}
				s.Next(op.ID, fault)
				got := op.Call(t.Context(), s.Client, s.Seed, id)
				assert.Empty(t, got.Response.Drift, "%s %s", op.ID, fault)
			})
		}
	}
}
