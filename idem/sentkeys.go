package idem

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// sentKeys knows for a day which of the keys that callers gave may have been
// executed, so that such a key is not new when it is given again (R40). It
// holds a hash of 8 bytes of each, for up to a million keys: the oldest ones
// are forgotten earlier where a day brings more.
type sentKeys struct {
	generations []*sentGeneration // the newest first
}

const (
	sentMemory      = 24 * time.Hour
	sentGenerations = 4
	sentPerGen      = 250_000
)

// sentGeneration is a set of hashes, which is dropped as a whole.
type sentGeneration struct {
	began  clock.Timestamp
	used   clock.Timestamp // when the last hash came
	hashes map[uint64]struct{}
}

// put remembers a key that may have been executed; now is not before its last
// use.
func (k *sentKeys) put(d keyDigest, now clock.Timestamp) {
	k.drop(now)
	if len(k.generations) == 0 || k.generations[0].full(now) {
		k.generations = slices.Insert(k.generations, 0, &sentGeneration{began: now, hashes: map[uint64]struct{}{}})
		k.generations = k.generations[:min(len(k.generations), sentGenerations)]
	}
	newest := k.generations[0]
	newest.used = now
	newest.hashes[hashOf(d)] = struct{}{}
}

// since is a moment before a key was put here; false where it is not known.
func (k *sentKeys) since(d keyDigest, now clock.Timestamp) (clock.Timestamp, bool) {
	k.drop(now)
	for _, g := range k.generations {
		if _, ok := g.hashes[hashOf(d)]; ok {
			return g.began, true
		}
	}
	return clock.Timestamp{}, false
}

func (k *sentKeys) drop(now clock.Timestamp) {
	over := func(g *sentGeneration) bool { return g.used.Elapsed(now) > sentMemory }
	k.generations = slices.DeleteFunc(k.generations, over)
}

func (g *sentGeneration) full(now clock.Timestamp) bool {
	return len(g.hashes) >= sentPerGen || g.began.Elapsed(now) >= sentMemory/2
}

func hashOf(d keyDigest) uint64 { return binary.LittleEndian.Uint64(d[:]) }
