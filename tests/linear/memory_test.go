package linear

import (
	"testing"
	"testing/synctest"

	"github.com/bardge/bardge-go/journal"
)

// TestLinear_MemoryJournal checks histories in virtual time.
func TestLinear_MemoryJournal(t *testing.T) {
	t.Parallel() // with the histories in real time, which mostly wait
	c := newCounts()
	for i := range uint64(*seeds) {
		seed := *firstSeed + i
		var ops []operation
		synctest.Test(t, func(t *testing.T) { ops = play(t, seed, journal.NewMemory(), c) })
		countOutcomes(c, ops)
		requireLegal(t, seed, ops)
	}
	c.log(t)
	if *seeds >= 50 {
		c.requireMet(t)
	}
}
