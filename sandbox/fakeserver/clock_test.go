package fakeserver_test

import (
	"math"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

func TestTheClockGoesForwardOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		clock := newSite(t).Control().Clock
		require.NoError(t, clock.Advance(time.Hour))
		assert.Equal(t, start.Add(time.Hour), clock.Now())
		for _, d := range []time.Duration{0, -time.Second, 101 * 365 * 24 * time.Hour} {
			require.Error(t, clock.Advance(d), d)
		}
		clock.Freeze()
		clock.Freeze()
		time.Sleep(time.Minute)
		assert.True(t, clock.Frozen())
		assert.Equal(t, start.Add(time.Hour), clock.Now())
		require.NoError(t, clock.Advance(time.Second))
		assert.Equal(t, start.Add(time.Hour+time.Second), clock.Now())
		clock.Resume()
		clock.Resume()
		assert.Equal(t, start.Add(time.Hour+time.Second), clock.Now(), "it goes on from where it was")
		time.Sleep(time.Minute)
		assert.Equal(t, start.Add(time.Hour+time.Minute+time.Second), clock.Now())
		for range 99 {
			_ = clock.Advance(365 * 24 * time.Hour)
		}
		require.Error(t, clock.Advance(365*24*time.Hour), "100 years in all")
		assert.True(t, clock.Now().After(start.AddDate(98, 0, 0)))
	})
}

func TestAClockOfTheUserIsAdvancedToo(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	clock := newSite(t, fakeserver.WithClock(func() time.Time { return now })).Control().Clock
	require.NoError(t, clock.Advance(time.Hour))
	now = now.Add(time.Minute)
	assert.Equal(t, time.Unix(1_003_660, 0), clock.Now())
	clock.Freeze()
	now = now.Add(time.Minute)
	clock.Resume()
	assert.Equal(t, time.Unix(1_003_660, 0), clock.Now())
}

// The sum of a delay and of the time that has passed may be more than a
// duration holds.
func TestADelayAtTheClocksEndDoesNotOverflow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		require.NoError(t, s.Control().Clock.Advance(100*365*24*time.Hour))
		s.Next(dig, fakeserver.DelayBefore(math.MaxInt64))
		ended := make(chan int, 1)
		go func() { ended <- s.dig() }()
		time.Sleep(24 * time.Hour)
		assert.Equal(t, fakeserver.ResultPending, s.lines()[0].Result)
		go s.Close()
		assert.Zero(t, <-ended)
	})
}

func TestDelaysFollowTheClock(t *testing.T) {
	for _, fault := range []fakeserver.Fault{fakeserver.DelayBefore(time.Hour), fakeserver.DelayAfter(time.Hour)} {
		synctest.Test(t, func(t *testing.T) {
			s := newSite(t)
			clock, start := s.Control().Clock, time.Now()
			s.Next(dig, fault)
			done := make(chan int)
			go func() { done <- s.dig() }()
			synctest.Wait()
			require.NoError(t, clock.Advance(30*time.Minute))
			time.Sleep(10 * time.Minute)
			clock.Freeze()
			time.Sleep(time.Hour)
			select {
			case <-done:
				assert.Fail(t, "a frozen clock ended a delay")
			default:
			}
			require.NoError(t, clock.Advance(19*time.Minute))
			clock.Resume()
			assert.Equal(t, http.StatusOK, <-done)
			assert.Equal(t, time.Hour+11*time.Minute, time.Since(start), "1 minute was left")
			assert.InDelta(t, 3_600_000, s.lines()[0].DurationMS, 0.001)
		})
	}
}

func TestOutagesFollowTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		control := s.Control()
		control.Outage(time.Hour)
		down, until := control.OutageState()
		assert.True(t, down)
		assert.Equal(t, time.Now().Add(time.Hour), until)
		assert.Zero(t, s.dig())
		require.NoError(t, control.Clock.Advance(59*time.Minute))
		synctest.Wait()
		assert.Zero(t, s.dig())
		require.NoError(t, control.Clock.Advance(time.Minute))
		synctest.Wait()
		down, until = control.OutageState()
		assert.False(t, down)
		assert.True(t, until.IsZero())
		assert.Equal(t, http.StatusOK, s.dig())
	})
}

func TestKeysFollowTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		control := s.Control()
		results := func(advance time.Duration) fakeserver.Result {
			require.NoError(t, control.Clock.Advance(advance))
			s.dig("X-Key", "k")
			lines := s.lines()
			return lines[len(lines)-1].Result
		}
		assert.Equal(t, fakeserver.ResultExecuted, results(1))
		assert.Equal(t, fakeserver.ResultReplayed, results(time.Hour-1))
		assert.Equal(t, fakeserver.ResultExecuted, results(1), "after an hour the key is forgotten")

		require.NoError(t, control.SetKeyMemory(time.Minute))
		require.Error(t, control.SetKeyMemory(0))
		assert.Equal(t, time.Minute, control.KeyMemory())
		assert.Equal(t, fakeserver.ResultReplayed, results(time.Minute-1))
		assert.Equal(t, fakeserver.ResultExecuted, results(1))
	})
}
