package retryloop

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type attemptFunc func(context.Context) (time.Duration, bool)

func (f attemptFunc) Attempt(ctx context.Context) (time.Duration, bool) { return f(ctx) }

func waiting(made *int, waits ...time.Duration) attemptFunc {
	return func(context.Context) (time.Duration, bool) {
		*made++
		if *made > len(waits) {
			return time.Hour, false
		}
		return waits[*made-1], true
	}
}

func TestRun_WaitsAsLongAsEachAttemptReturns(t *testing.T) {
	waits := []time.Duration{time.Second, 0, time.Nanosecond, -time.Hour, 400 * time.Hour}
	synctest.Test(t, func(t *testing.T) {
		var made int
		var begun []time.Duration
		start, attempt := time.Now(), waiting(&made, waits...)
		require.NoError(t, Run(t.Context(), attemptFunc(func(ctx context.Context) (time.Duration, bool) {
			begun = append(begun, time.Since(start))
			return attempt(ctx)
		})))
		assert.Equal(t, []time.Duration{
			0, time.Second, time.Second, time.Second + 1, time.Second + 1, 400*time.Hour + time.Second + 1,
		}, begun)
		assert.Equal(t, 400*time.Hour+time.Second+1, time.Since(start), "none after the last attempt")
	})
}

func TestRun_TheContextEndsAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var made int
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Minute)
		defer cancel()
		assert.Equal(t, context.DeadlineExceeded, Run(ctx, waiting(&made, time.Hour, time.Hour)))
		assert.Equal(t, 2, made)
		assert.Equal(t, 90*time.Minute, time.Since(start))
	})
}

func TestRun_AnAttemptIsMadeEvenIfTheContextIsOver(t *testing.T) {
	type key struct{}
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "value"))
	cancel()
	var made int
	require.NoError(t, Run(ctx, attemptFunc(func(got context.Context) (time.Duration, bool) {
		made++
		assert.Equal(t, "value", got.Value(key{}))
		assert.ErrorIs(t, got.Err(), context.Canceled)
		return 0, false
	})), "only a wait ends with the context")
	assert.Equal(t, 1, made)
}

func TestRun_HasNoLimitOfItsOwn(t *testing.T) {
	var made int
	require.NoError(t, Run(t.Context(), waiting(&made, make([]time.Duration, 5000)...)))
	assert.Equal(t, 5001, made)
}

func TestRun_PanicsPass(t *testing.T) {
	broken := errors.New("broken")
	assert.PanicsWithValue(t, broken, func() {
		_ = Run(t.Context(), attemptFunc(func(context.Context) (time.Duration, bool) { panic(broken) }))
	})
}

// The library's own logger writes to standard error, which it takes as it is
// when the process starts.
func TestRun_LogsNothing(t *testing.T) {
	var written bytes.Buffer
	process := exec.CommandContext(t.Context(), os.Args[0], "-test.run=TestRun_(Waits|TheContext)")
	process.Stderr = &written
	require.NoError(t, process.Run())
	assert.Empty(t, written.String())
}
