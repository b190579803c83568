package idem

import (
	"slices"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// generations remember values for a time. They are dropped a generation at a
// time: no call pays for more than its own value, and none waits for a sweep.
// Time is the monotonic clock's, which no step makes run ahead; a machine that
// sleeps remembers longer.
type generations[K comparable, V any] struct {
	keep time.Duration       // after the last value of a generation came
	span time.Duration       // in which values come into one
	size int                 // of a generation
	most int                 // generations; the oldest ones are forgotten earlier
	all  []*generation[K, V] // the newest first
}

type generation[K comparable, V any] struct {
	began  clock.Timestamp
	used   clock.Timestamp // when the last value came
	values map[K]V
}

func (g *generations[K, V]) put(k K, v V, now clock.Timestamp) {
	g.drop(now)
	if len(g.all) == 0 || len(g.all[0].values) >= g.size || g.all[0].began.Elapsed(now) >= g.span {
		g.all = slices.Insert(g.all, 0, &generation[K, V]{began: now, values: map[K]V{}})
		g.all = g.all[:min(len(g.all), g.most)]
	}
	g.all[0].used = now
	g.all[0].values[k] = v
}

func (g *generations[K, V]) find(k K, now clock.Timestamp) *generation[K, V] {
	g.drop(now)
	for _, gen := range g.all {
		if _, ok := gen.values[k]; ok {
			return gen
		}
	}
	return nil
}

func (g *generations[K, V]) remove(k K) {
	for _, gen := range g.all {
		delete(gen.values, k)
	}
}

func (g *generations[K, V]) drop(now clock.Timestamp) {
	g.all = slices.DeleteFunc(g.all, func(gen *generation[K, V]) bool { return gen.used.Elapsed(now) > g.keep })
}
