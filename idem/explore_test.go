package idem

import (
	"fmt"
	"math/big"
	"runtime/debug"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
)

// exploration is the graph of all positions that calls of a class can be in.
type exploration struct {
	d         *driver
	order     []position
	index     map[position]int
	edges     []map[int]uint64 // by position: results and environments that lead to another
	ends      []uint64         // and that end the call
	excluded  int              // results that no server gives there, by the assumptions
	attempted int
}

func (x *exploration) visit(p position) int {
	if at, ok := x.index[p]; ok {
		return at
	}
	x.index[p] = len(x.order)
	x.order = append(x.order, p)
	x.edges, x.ends = append(x.edges, map[int]uint64{}), append(x.ends, 0)
	return x.index[p]
}

// explore follows all results from all positions, until there is none that it
// has not seen.
func explore(t *testing.T, class Class, policy Policy) *exploration {
	t.Helper()
	x := &exploration{d: newDriver(t, class, policy), index: map[position]int{}}
	for _, p := range x.d.starts(t) {
		x.visit(p)
	}
	for at := 0; at < len(x.order) && len(x.d.broken) == 0; at++ {
		p := x.order[at]
		x.d.admission(&p)
		for _, g := range x.d.groupsAt(&p) {
			x.follow(at, g)
		}
	}
	return x
}

func (x *exploration) follow(at int, g group) {
	p, d, y := x.order[at], x.d, g.symbol
	seen := p.truths.after(y.row, d.class, isMarked(&y.attempt.seen))
	if y.row == rowExists && !p.firstUsed() {
		seen = p.truths.arrivals(d.class).afterForeign(d.class)
	}
	if seen == 0 {
		x.excluded += g.size
		return
	}
	x.attempted++
	d.conclude(&p, y)
	shown := d.s.progress.last.class
	if shown.reason = ""; shown != g.class {
		d.broken.rulef("results that were merged differ", "%+v: %+v, not %+v", p, shown, g.class)
	}
	next := d.position(&p, y, seen)
	d.step(&p, &next, y)
	after := d.s.progress
	o := d.outlook()
	d.s.progress = after
	d.ends(&p, &next, y, o)
	for _, n := range o.stops {
		x.ends[at] += uint64(n * g.size)
	}
	for extra, n := range map[bool]int{false: o.goesOn, true: o.extra} {
		if n > 0 {
			next.extra = extra
			x.edges[at][x.visit(next)] += uint64(n * g.size)
		}
	}
}

// position reads where the engine has got to.
func (d *driver) position(p *position, y *symbol, seen truths) position {
	s, k := d.s, d.s.key.snapshot()
	next := position{
		counts: s.progress.counts, facts: s.progress.facts, lost: s.progress.lost,
		outcome: k.outcome, sent: k.since != unsent, expired: k.expired,
		// In doubt, or done, the key counts as this program's own in any case.
		foreign: k.foreign, private: p.private && !k.maybeExecuted(),
		truths: seen, history: p.history.after(p, y),
	}
	next.history.asked = next.history.asked || y.row == rowRefused && d.class == Keyed &&
		p.outcome == OutcomeUnknown && (!y.fresh || !p.history.reached)
	next.history.doubted = next.history.doubted || d.repeats(p, y) &&
		(p.verdict(y) == VerdictAmbiguous || p.verdict(y) == VerdictResponseLost)
	next.history.limited = min(next.history.limited, uint8(d.maxAttempts))
	// The next attempt's connection and timeout come of these, and no decision.
	next.facts.needsNewConn, next.counts.timeouts = false, 0
	next.counts.attempts = min(next.counts.attempts, defaultMaxAttempts)
	next.counts.limited = min(next.counts.limited, int32(d.maxAttempts)) // else they only lengthen the backoff
	next.counts.inProgress = min(next.counts.inProgress, 1)
	next.counts.intermediaries = min(next.counts.intermediaries, maxIntermediaryRetries)
	return next
}

// starts are the positions in which a call may begin: with a new key, or with
// one of a call before.
func (d *driver) starts(t *testing.T) (all []position) {
	t.Helper()
	fresh := position{outcome: OutcomeNotSent, truths: startTruths(d.class)}
	all = append(all, fresh)
	if d.class.sendsKey() {
		minted := fresh
		minted.private = true
		all = append(all, minted)
	}
	for _, r := range []row{rowBroken, rowRefused, rowDone, rowExists} {
		p := fresh
		p.truths = p.truths.after(r, d.class, false)
		if r == rowExists {
			p.truths, p.foreign = fresh.truths.afterForeign(d.class), true
		}
		p.outcome, p.sent = fold(OutcomeNotSent, verdicts[r]), true
		p.facts.reachedServer = p.outcome == OutcomeUnknown
		p.history = history{began: true, reached: p.facts.reachedServer}
		if !d.class.sendsKey() {
			if d.class == Idempotent && r == rowBroken { // another owner's
				all = append(all, p)
			}
			continue
		}
		d.enter(&p, minAttempt)
		d.s.key.value = "key"
		outcome, err := d.s.admitKey()
		assert.Equal(t, p.outcome, outcome, "R10")
		assert.Equal(t, p.truths.repeatable(d.class), err == nil, "R10: %s after %s", d.class, p.outcome)
		if err == nil {
			all = append(all, p)
		}
		d.enter(&p, minAttempt-1)
		_, err = d.s.admitKey()
		assert.Error(t, err, "R10: %s after %s, past the window", d.class, p.outcome)
	}
	return all
}

// sequences counts the sequences of up to this many attempts that end, or have
// made them all.
func (x *exploration) sequences(attempts int) *big.Float {
	total := new(big.Float)
	ways := make([]*big.Float, len(x.order))
	ways[0] = big.NewFloat(1)
	for range attempts {
		next := make([]*big.Float, len(x.order))
		for at, n := range ways {
			if n == nil {
				continue
			}
			total.Add(total, new(big.Float).Mul(n, new(big.Float).SetUint64(x.ends[at])))
			for to, m := range x.edges[at] {
				if next[to] == nil {
					next[to] = new(big.Float)
				}
				next[to].Add(next[to], new(big.Float).Mul(n, new(big.Float).SetUint64(m)))
			}
		}
		ways = next
	}
	for _, n := range ways {
		if n != nil {
			total.Add(total, n)
		}
	}
	return total
}

// parts are how many results each part of the alphabet has: without a status;
// with one that is no success; a success that proves itself; one by its form.
var parts = [...]int{240, 20200, 2816, 6668}

// What an exploration has seen, by class and MaxAttempts. Where the engine has
// changed on purpose, the new numbers are in the log; where fewer positions are
// reached than before, look at why.
var explored = []struct {
	class               Class
	attempts            int
	positions, distinct int // distinct: results that the engine can distinguish, in all positions
}{
	{KeyUnverified, 1, 3, 386},
	{NonIdempotent, 1, 1, 80},
	{Safe, 1, 4, 320},
	{Idempotent, 1, 5, 405},
	{Keyed, 1, 15, 1938},
	{KeyUnverified, 2, 29, 3706},
	{NonIdempotent, 2, 9, 716},
	{Safe, 2, 35, 2786},
	{Idempotent, 2, 39, 3141},
	{Keyed, 2, 174, 22364},
	{KeyUnverified, 0, 226, 28716},
	{NonIdempotent, 0, 74, 5850},
	{Safe, 0, 341, 26964},
	{Idempotent, 0, 518, 41482},
	{Keyed, 0, 6588, 839434},
}

// TestTable_R8_R11_R15_AllSequences follows all results of attempts, in all
// environments, from each position that calls of any length can be in.
func TestTable_R8_R11_R15_AllSequences(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // a third less time
	for _, row := range explored {
		if underRace && row.attempts == 0 {
			continue // one goroutine has no races, and takes ten times as long
		}
		name := fmt.Sprintf("%s, MaxAttempts %d", row.class, row.attempts)
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				x := explore(t, row.class, Policy{MaxAttempts: row.attempts})
				for rule, example := range x.d.broken {
					assert.Fail(t, rule, "%s", example)
				}
				if t.Failed() {
					return
				}
				t.Logf("%d positions, %d results of attempts (%d of them distinct), %d environments: "+
					"%.3g sequences of up to six attempts; %d results break an assumption",
					len(x.order), len(x.order)*len(x.d.symbols), x.attempted, len(x.d.envs[row.class == Keyed]),
					x.sequences(defaultMaxAttempts), x.excluded)
				assert.Equal(t, parts, x.d.sizes)
				assert.Equal(t, [...]int{row.positions, row.distinct}, [...]int{len(x.order), x.attempted})
			})
		})
	}
}
