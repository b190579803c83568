package scenarios

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

// overSockets serves a sandbox on a port of this machine.
func overSockets(t *testing.T) (*sandbox.Sandbox, *bardge.Client) {
	t.Helper()
	sb := sandbox.Start(t)
	server := httptest.NewServer(sb.Handler())
	t.Cleanup(server.Close)
	client, err := bardge.New(sb.APIKey, bardge.WithBaseURL(server.URL+sandbox.BasePath),
		bardge.WithRetryPolicy(bardge.RetryPolicy{BaseDelay: time.Millisecond, MaxDelay: 10 * time.Millisecond}))
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	return sb, client
}

// run prepares an operation, spoils its next request, and calls it.
func run(t *testing.T, o sdktest.Operation, fault sandbox.Fault) (*sandbox.Sandbox, sdktest.Result) {
	t.Helper()
	sb, client := overSockets(t)
	var id string
	if o.Before != nil {
		first := o.Before(t.Context(), client, sb.Seed)
		require.NoError(t, first.Err)
		require.NotEmpty(t, first.Got)
		id = first.Got
	}
	sb.Next(o.ID, fault)
	return sb, o.Call(t.Context(), client, sb.Seed, id)
}

func TestEveryOperationIsInTheTable(t *testing.T) {
	var want, have []sandbox.Operation
	for _, op := range gen.Operations() {
		want = append(want, op.ID)
	}
	for _, op := range sdktest.Operations {
		have = append(have, op.ID)
	}
	require.Len(t, want, 30)
	assert.ElementsMatch(t, want, have)
}

func TestEveryOperationWorks(t *testing.T) {
	for _, op := range sdktest.Operations {
		t.Run(string(op.ID), func(t *testing.T) {
			sb, d := run(t, op, sandbox.NoFault)
			require.NoError(t, d.Err)
			assert.NotEmpty(t, d.Got)
			assert.Len(t, d.Response.Attempts, 1)
			assert.NotEmpty(t, d.Response.RequestID)
			assert.Equal(t, 1, sb.Executed(op.ID))
			assert.Equal(t, 1, sb.Requests(op.ID))
		})
	}
}

// An operation is executed, and its answer never arrives.
func TestEveryOperationSurvivesALostAnswer(t *testing.T) {
	for _, fault := range []sandbox.Fault{sandbox.LoseResponse, sandbox.CutResponse, sandbox.ProxyPageAfter(504)} {
		for _, op := range sdktest.Operations {
			t.Run(string(op.ID)+" "+string(fault), func(t *testing.T) {
				sb, d := run(t, op, fault)
				switch op.ID.Operation().Class {
				case gen.RetryClassSafe:
					require.NoError(t, d.Err)
					assert.NotEmpty(t, d.Got)
					assert.Equal(t, 2, sb.Requests(op.ID))
				case gen.RetryClassKeyed:
					require.NoError(t, d.Err)
					assert.NotEmpty(t, d.Got)
					assert.True(t, d.Response.Replayed)
					assert.Equal(t, 2, sb.Requests(op.ID))
					assert.Equal(t, 1, sb.Executed(op.ID))
				case gen.RetryClassIdempotent:
					require.NoError(t, d.Err)
					assert.NotEmpty(t, d.Got)
					assert.True(t, d.Response.Recovered)
					assert.Equal(t, 1, sb.Executed(op.ID))
				default:
					require.Error(t, d.Err)
					want := bardge.OutcomeUnknown
					if fault == sandbox.CutResponse {
						want = bardge.OutcomeDone // the status said so
						assert.ErrorIs(t, d.Err, bardge.ErrResponseLost)
					}
					assert.Equal(t, want, bardge.OutcomeOf(d.Err))
					assert.Equal(t, 1, sb.Requests(op.ID), "not repeated")
				}
			})
		}
	}
}

// An operation is not executed, and the client cannot know, or is asked to
// wait.
func TestEveryOperationSurvivesARequestThatIsNotExecuted(t *testing.T) {
	for _, fault := range []sandbox.Fault{sandbox.ResetBefore, sandbox.Unavailable(0), sandbox.TooMany(0)} {
		for _, op := range sdktest.Operations {
			t.Run(string(op.ID)+" "+string(fault), func(t *testing.T) {
				sb, d := run(t, op, fault)
				if op.ID.Operation().Class == gen.RetryClassKeyUnverified && fault != sandbox.TooMany(0) {
					assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(d.Err))
					assert.Zero(t, sb.Executed(op.ID))
					return
				}
				require.NoError(t, d.Err)
				assert.NotEmpty(t, d.Got)
				assert.Equal(t, 1, sb.Executed(op.ID))
				assert.Equal(t, 2, sb.Requests(op.ID))
			})
		}
	}
}
