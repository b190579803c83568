package clock

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// R10: Linux reports sleep by clocks that cannot be set. The value does not
// change while the machine is awake.
func TestR10_LinuxReportsSleep(t *testing.T) {
	awake, ok := systemClock(clockMonotonic)
	require.True(t, ok)
	withSleep, ok := systemClock(clockBoottime)
	require.True(t, ok)
	assert.Less(t, withSleep, 10*365*24*time.Hour, "since the machine was started")

	first, ok := systemSlept()
	require.True(t, ok)
	assert.InDelta(t, withSleep-awake, first, float64(time.Minute))
	for range 1000 {
		next, ok := systemSlept()
		require.True(t, ok)
		assert.LessOrEqual(t, (next - first).Abs(), sleepGrain, "nothing slept")
	}
	_, ok = systemClock(1 << 20)
	assert.False(t, ok, "a clock that there is not")
}

func TestR10_TheSystemsClocksAgree(t *testing.T) {
	c := New(nil, nil)
	first := c.Now()
	require.NotZero(t, first.Slept)
	now := c.Sure()
	assert.Equal(t, first.Slept, now.Slept)
	assert.Positive(t, first.Elapsed(now))
	assert.GreaterOrEqual(t, first.Age(now), first.Elapsed(now))
	assert.LessOrEqual(t, first.Age(now), first.Elapsed(now)+PauseAllowance)
}
