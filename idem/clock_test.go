package idem

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// R10: a key of another process is as old as its wall clock says until it is
// first used here; from then on the clocks of this machine count.
func TestR10_AnAnchoredKeyIsNotAgedByAStep(t *testing.T) {
	w := window{ttl: 90 * time.Second, margin: 5 * time.Second}
	m := newMachine()
	c := clock.New(m.now, m.sleptFor)
	for name, row := range map[string]struct {
		do   func()
		left time.Duration
	}{
		"nothing happens":  {func() {}, 70 * time.Second},
		"stepped forward":  {func() { m.step(time.Hour) }, 70*time.Second - clock.PauseAllowance},
		"stepped back":     {func() { m.step(-time.Hour) }, 70 * time.Second},
		"slept for 20 s":   {func() { m.sleep(20 * time.Second) }, 50 * time.Second},
		"slept in a step ": {func() { m.sleep(time.Minute); m.step(-time.Minute) }, 10 * time.Second},
	} {
		s := newSentKeyTracker(m.now().Add(-10 * time.Second))
		s.anchorMonotonic(c.Now())
		row.do()
		assert.InDelta(t, row.left, w.left(s.snapshot(), c.Sure()), float64(time.Second), name)
	}
}

// Of two accounts of the first send the older one counts, by whichever clock. A
// wall clock that was set back between two sends makes the later one seem to be
// the first.
func TestR10_TheOlderOfTwoAccountsCountsAfterAStep(t *testing.T) {
	w := window{ttl: 90 * time.Second, margin: 5 * time.Second}
	for name, reported := range map[string]bool{"sleep is reported": true, "it is not": false} {
		m := newMachine()
		c := clock.New(m.now, m.sleptFor)
		if !reported {
			c = clock.New(m.now, nil)
		}
		first, second := newKeyTracker(), newKeyTracker()
		began := c.Now()
		first.begin(began)
		m.step(-time.Hour)
		later := c.Now()
		later.Mono += 30 * time.Second
		second.begin(later)
		second.join(first)
		assert.InDelta(t, 55*time.Second, w.left(second.snapshot(), later), float64(time.Second), name)
	}
}
