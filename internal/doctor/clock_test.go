package doctor_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/bardge/bardge-go/internal/doctor"
)

func date(at time.Time) http.Header {
	return http.Header{"Date": {at.UTC().Format(http.TimeFormat)}}
}

// However the clocks differ, and however long a response takes, the true skew
// lies within the bounds.
func TestTheSkewIsWithinItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		skew := time.Duration(rapid.Int64Range(-int64(time.Hour), int64(time.Hour)).Draw(t, "skew"))
		now := time.Unix(1_700_000_000, rapid.Int64Range(0, 999_999_999).Draw(t, "begin"))
		var c doctor.Clock
		for range rapid.IntRange(1, 20).Draw(t, "samples") {
			there := time.Duration(rapid.Int64Range(0, int64(5*time.Second)).Draw(t, "there"))
			back := time.Duration(rapid.Int64Range(0, int64(5*time.Second)).Draw(t, "back"))
			c.Add(date(now.Add(there).Add(skew)), now, there+back)
			now = now.Add(there + back)
		}
		s := c.Skew()
		assert.False(t, s.Disagree)
		assert.LessOrEqual(t, s.Low, skew)
		assert.GreaterOrEqual(t, s.High, skew)
		assert.LessOrEqual(t, s.Least(), skew.Abs())
	})
}

func TestServersThatDisagreeAreFound(t *testing.T) {
	var c doctor.Clock
	now := time.Unix(1_700_000_000, 0)
	c.Add(date(now), now, time.Millisecond)
	c.Add(date(now.Add(time.Minute)), now, time.Millisecond)
	c.Add(date(now), now, time.Millisecond)
	s := c.Skew()
	assert.True(t, s.Disagree)
	assert.Equal(t, -time.Millisecond, s.Low)
	assert.Equal(t, time.Minute+time.Second, s.High)
	assert.Equal(t, doctor.Noted, s.Fact().Verdict)
}

func TestABadDateIsNoSample(t *testing.T) {
	var c doctor.Clock
	c.Add(http.Header{}, time.Now(), time.Second)
	c.Add(http.Header{"Date": {"yesterday"}}, time.Now(), time.Second)
	assert.Zero(t, c.Skew().Samples)
	assert.Equal(t, doctor.NotTried, c.Skew().Fact().Verdict)
}

func TestLatencyIsOrdered(t *testing.T) {
	for _, row := range [][]time.Duration{{}, {5}, {3, 1}, {9, 2, 4}, {8, 2, 4, 6}} {
		want := map[int]doctor.Latency{0: {}, 1: {5, 5, 5}, 2: {1, 2, 3}, 3: {2, 4, 9}, 4: {2, 5, 8}}[len(row)]
		assert.Equal(t, want, doctor.LatencyOf(row))
	}
}
