package linear

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/journal"
)

type breach struct {
	claimsAlways   bool    // Save ignores the version
	adoptsOwned    bool    // Adopt returns, unchanged, records that have an owner
	losesCommits   float64 // the share of saves that are acknowledged and not made
	readsStale     float64 // the share of loads that return what was before the last save
	sharesResource bool    // Save takes a resource that another record has
	forgetsScopes  bool    // InScope returns nothing
	reservesAnew   bool    // a reservation replaces the record of its ref
	losesResolved  bool    // a resolution as executed is acknowledged and not made
	dropsErased    bool    // an erased record is gone
	guesses        bool    // no journal's: a person resolves without looking
}

// broken is a journal in memory that breaks a rule.
type broken struct {
	*journal.Memory
	breach

	mu        sync.Mutex
	dice      *rand.Rand
	before    map[string]journal.Record // what the last save of a record has replaced
	resources map[string]string         // by record
	dropped   map[string]bool           // by record: it was erased
}

func newBroken(seed uint64, breach breach) *broken {
	return &broken{
		Memory: journal.NewMemory(), breach: breach, dice: rand.New(rand.NewPCG(seed, 0)),
		before: map[string]journal.Record{}, resources: map[string]string{}, dropped: map[string]bool{},
	}
}

func (b *broken) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dropped[id] {
		return journal.Record{}, false, nil
	}
	if old, ok := b.before[id]; ok && chance(b.dice, b.readsStale) {
		return old, old.Version > 0, nil
	}
	rec, ok, err := b.Memory.Load(ctx, id)
	return b.named(rec), ok, err
}

func (b *broken) Save(ctx context.Context, rec journal.Record) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	stored, _, _ := b.Memory.Load(ctx, rec.ID)
	if b.claimsAlways || b.dropped[rec.ID] {
		rec.Version = stored.Version
	}
	delete(b.dropped, rec.ID)
	if stored.Version == rec.Version && chance(b.dice, b.losesCommits) {
		return true, nil
	}
	done := stored.Version == rec.Version && rec.Outcome == journal.OutcomeDone
	if b.losesResolved && done && stored.State() == journal.StateOpen && stored.Lease <= 0 {
		return true, nil
	}
	b.dropped[rec.ID] = b.dropsErased && done && stored.Outcome == journal.OutcomeDone
	resource := rec.Resource
	if b.sharesResource {
		rec.Resource = ""
	}
	ok, err := b.Memory.Save(ctx, rec)
	if ok {
		b.before[rec.ID], b.resources[rec.ID] = b.named(stored), resource
	}
	return ok, err
}

// named returns a record with its resource, which the journal in memory must
// not see.
func (b *broken) named(rec journal.Record) journal.Record {
	if b.sharesResource {
		rec.Resource = b.resources[rec.ID]
	}
	return rec
}

func (b *broken) Adopt(ctx context.Context, owner string, lease time.Duration, f journal.Filter) ([]journal.Record, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	found, err := b.Memory.Adopt(ctx, owner, lease, f)
	if !b.adoptsOwned || len(found) > 0 || err != nil {
		return found, err
	}
	all, err := b.List(ctx, journal.Filter{State: journal.StateOpen, Limit: journal.MaxLimit})
	owned := slices.DeleteFunc(all, func(r journal.Record) bool { return r.Owner == "" || r.Lease <= 0 })
	if len(owned) == 0 {
		return nil, err
	}
	return []journal.Record{owned[b.dice.IntN(len(owned))]}, nil
}

func (b *broken) InScope(ctx context.Context, scope string, from, to time.Time) ([]journal.Record, error) {
	if b.forgetsScopes {
		return nil, nil
	}
	found, err := b.Memory.InScope(ctx, scope, from, to)
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range found {
		found[i] = b.named(found[i])
	}
	return found, err
}

const most = 1000

// A journal that breaks a rule is found, and the sound one passes.
func TestLinear_ABrokenJournalIsCaught(t *testing.T) {
	rows := map[string]breach{
		"claims without a condition":            {claimsAlways: true},
		"a record is adopted by two owners":     {adoptsOwned: true},
		"a commit is acknowledged and lost":     {losesCommits: 0.1},
		"a load returns a stale record":         {readsStale: 0.9},
		"two records share a resource":          {sharesResource: true},
		"the operations of a scope are missing": {forgetsScopes: true},
		"a reservation replaces a record":       {reservesAnew: true},
		"a resolution is lost":                  {losesResolved: true},
		"an erased record is gone":              {dropsErased: true},
		"a person resolves without looking":     {guesses: true},
	}
	t.Parallel()
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := uint64(1); seed <= most; seed++ {
				var ops []operation
				synctest.Test(t, func(t *testing.T) { ops = play(t, seed, newBroken(seed, rows[name]), newCounts()) })
				if illegal := check(ops); len(illegal) > 0 {
					t.Logf("found out by history %d: %s\n%s", seed, strings.Join(illegal, ", "), timeline(ops, illegal[0]))
					return
				}
			}
			assert.Failf(t, "not found out", "%d histories are legal", most)
		})
	}
}
