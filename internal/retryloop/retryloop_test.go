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

// waiting returns an attempt that counts in its state, and returns one wait after
// the other.
func waiting(waits ...time.Duration) func(context.Context, int) (int, time.Duration, bool) {
	return func(_ context.Context, made int) (int, time.Duration, bool) {
		if made == len(waits) {
			return made + 1, time.Hour, false
		}
		return made + 1, waits[made], true
	}
}

func TestRun_WaitsAsLongAsEachAttemptReturns(t *testing.T) {
	waits := []time.Duration{time.Second, 0, time.Nanosecond, -time.Hour, 400 * time.Hour}
	synctest.Test(t, func(t *testing.T) {
		var begun []time.Duration
		start, attempt := time.Now(), waiting(waits...)
		made, err := Run(t.Context(), 0, func(ctx context.Context, made int) (int, time.Duration, bool) {
			begun = append(begun, time.Since(start))
			return attempt(ctx, made)
		})
		require.NoError(t, err)
		assert.Equal(t, len(waits)+1, made)
		assert.Equal(t, []time.Duration{
			0, time.Second, time.Second, time.Second + 1, time.Second + 1, 400*time.Hour + time.Second + 1,
		}, begun)
		assert.Equal(t, 400*time.Hour+time.Second+1, time.Since(start), "none after the last attempt")
	})
}

func TestRun_TheContextEndsAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Minute)
		defer cancel()
		made, err := Run(ctx, 0, waiting(time.Hour, time.Hour))
		assert.Equal(t, context.DeadlineExceeded, err)
		assert.Equal(t, 2, made, "the state is that of the last attempt")
		assert.Equal(t, 90*time.Minute, time.Since(start))
	})
}

func TestRun_AnAttemptIsMadeWhateverItsContext(t *testing.T) {
	type key struct{}
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "value"))
	cancel()
	made, err := Run(ctx, 0, func(got context.Context, made int) (int, time.Duration, bool) {
		assert.Equal(t, "value", got.Value(key{}))
		assert.ErrorIs(t, got.Err(), context.Canceled)
		return made + 1, 0, false
	})
	require.NoError(t, err, "only a wait ends with the context")
	assert.Equal(t, 1, made)
}

func TestRun_HasNoLimitOfItsOwn(t *testing.T) {
	made, err := Run(t.Context(), 0, waiting(make([]time.Duration, 5000)...))
	require.NoError(t, err)
	assert.Equal(t, 5001, made)
}

func TestRun_PanicsPass(t *testing.T) {
	broken := errors.New("broken")
	assert.PanicsWithValue(t, broken, func() {
		_, _ = Run(t.Context(), 0, func(context.Context, int) (int, time.Duration, bool) { panic(broken) })
	})
}

// The library's own logger writes to standard error, which it takes as it is when
// the process starts.
func TestRun_LogsNothing(t *testing.T) {
	var written bytes.Buffer
	process := exec.CommandContext(t.Context(), os.Args[0], "-test.run=TestRun_(Waits|TheContext)")
	process.Stderr = &written
	require.NoError(t, process.Run())
	assert.Empty(t, written.String())
}
