package journaltest

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"

	"github.com/bardge/bardge-go/journal"
)

// Faulty is a journal in memory that fails one time in twenty, in each possible
// way: it cannot be read; it certainly writes nothing; or it leaves in doubt
// whether it wrote, and did or did not. Make one with [NewTroubled].
type Faulty struct {
	// Memory holds the records, and does not fail.
	*journal.Memory

	mu   sync.Mutex
	dice *rand.Rand
}

// NewFaulty makes an empty one. The dice decide the failures, and belong to the
// journal from now on.
func NewFaulty(dice *rand.Rand) *Faulty {
	return &Faulty{Memory: journal.NewMemory(), dice: dice}
}

var errFault = errors.New("fault")

func (j *Faulty) roll() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.dice.IntN(80)
}

// Load fails, or is the journal's.
func (j *Faulty) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	if j.roll() == 0 {
		return journal.Record{}, false, errFault
	}
	return j.Memory.Load(ctx, id)
}

// Save fails, or is the journal's.
func (j *Faulty) Save(ctx context.Context, r journal.Record) (bool, error) {
	switch j.roll() {
	case 0:
		return false, errors.Join(journal.ErrNotCommitted, errFault)
	case 1:
		return false, errFault
	case 2:
		_, _ = j.Memory.Save(ctx, r) // written, and not reported
		return false, errFault
	default:
		return j.Memory.Save(ctx, r)
	}
}
