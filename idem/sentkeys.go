package idem

import (
	"encoding/binary"
	"slices"
	"time"
)

// sentKeys knows for a day which of the keys that callers gave may have been executed,
// so that such a key is not new when it is given again (R40). It holds 8 bytes of
// each, for up to a million keys in at most 16 MB: the oldest ones are forgotten
// earlier where a day brings more.
type sentKeys struct {
	generations []*sentGeneration // the newest first
}

const (
	sentMemory      = 24 * time.Hour
	sentGenerations = 4
	sentPerGen      = 250_000
)

// sentGeneration is a set of hashes, in tables that are small: none takes long to grow.
type sentGeneration struct {
	began  stamp
	used   stamp // when the last hash came
	count  int
	tables [256]sentTable
}

// put remembers a key that may have been executed; now is not before its last use.
func (k *sentKeys) put(d keyDigest, now stamp) {
	k.drop(now)
	if len(k.generations) == 0 || k.generations[0].full(now) {
		k.generations = slices.Insert(k.generations, 0, &sentGeneration{began: now})
		k.generations = k.generations[:min(len(k.generations), sentGenerations)]
	}
	newest := k.generations[0]
	newest.used = now
	if newest.tables[d[15]].put(hashOf(d)) {
		newest.count++
	}
}

// since is a moment before a key was put here; false where it is not known.
func (k *sentKeys) since(d keyDigest, now stamp) (stamp, bool) {
	k.drop(now)
	for _, g := range k.generations {
		if g.tables[d[15]].has(hashOf(d)) {
			return g.began, true
		}
	}
	return stamp{}, false
}

func (k *sentKeys) drop(now stamp) {
	over := func(g *sentGeneration) bool { return g.used.elapsed(now) > sentMemory }
	k.generations = slices.DeleteFunc(k.generations, over)
}

func (g *sentGeneration) full(now stamp) bool {
	return g.count >= sentPerGen || g.began.elapsed(now) >= sentMemory/2
}

// hashOf is part of a digest, and not zero, which is an empty slot.
func hashOf(d keyDigest) uint64 { return max(binary.LittleEndian.Uint64(d[:]), 1) }

// sentTable is an open hash table. Its length is zero or a power of two, and at most
// three quarters of it are in use.
type sentTable struct {
	slots []uint64
	used  int
}

// put reports whether the hash is new.
func (t *sentTable) put(hash uint64) bool {
	if 4*(t.used+1) > 3*len(t.slots) {
		t.grow()
	}
	slot := t.slot(hash)
	if *slot == hash {
		return false
	}
	*slot = hash
	t.used++
	return true
}

func (t *sentTable) has(hash uint64) bool { return len(t.slots) > 0 && *t.slot(hash) == hash }

// slot is where a hash is, or would be.
func (t *sentTable) slot(hash uint64) *uint64 {
	for i := hash; ; i++ {
		s := &t.slots[i&uint64(len(t.slots)-1)]
		if *s == hash || *s == 0 {
			return s
		}
	}
}

func (t *sentTable) grow() {
	old := t.slots
	t.slots = make([]uint64, max(2*len(old), 8))
	for _, hash := range old {
		if hash != 0 {
			*t.slot(hash) = hash
		}
	}
}
