package idem

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// R10: Linux can tell, in microseconds, and what it tells does not change while nothing
// sleeps. The kernel says the same in /proc/uptime, which counts sleep.
func TestR10_LinuxTellsHowLongItHasSlept(t *testing.T) {
	first, ok := systemSlept()
	require.True(t, ok)
	for range 1000 {
		next, ok := systemSlept()
		require.True(t, ok)
		assert.InDelta(t, first, next, float64(sleepGrain), "nothing slept")
	}
	text, err := os.ReadFile("/proc/uptime")
	require.NoError(t, err)
	seconds, err := strconv.ParseFloat(strings.Fields(string(text))[0], 64)
	require.NoError(t, err)
	awake, ok := systemClock(clockMonotonic)
	require.True(t, ok)
	asleep, ok := systemClock(clockBoottime)
	require.True(t, ok)
	assert.InDelta(t, asleep-awake, first, float64(time.Minute))
	assert.Positive(t, seconds)
	_, ok = systemClock(1 << 20)
	assert.False(t, ok, "a clock that there is not")
}

// R10: a real clock is as old by all of its hands.
func TestR10_TheSystemsClocksAgree(t *testing.T) {
	c := newClock(nil, nil)
	first := c.now()
	require.False(t, first.slept.isZero())
	time.Sleep(10 * time.Millisecond)
	now := c.sure()
	assert.Equal(t, first.slept, now.slept)
	assert.GreaterOrEqual(t, first.age(now), 10*time.Millisecond)
	assert.GreaterOrEqual(t, first.age(now), first.elapsed(now))
	assert.LessOrEqual(t, first.age(now), first.elapsed(now)+pauseAllowance)
}
