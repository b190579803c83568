package idem

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

// position is all that the engine carries from one attempt of a call to the
// next, save numbers that count on without effect, and beside it what the test
// knows of the same attempts.
type position struct {
	counts  counts
	facts   facts
	lost    lostResponses
	extra   bool // the attempt that follows is the one beyond the rules
	outcome Outcome
	sent    bool // the key's window has begun
	expired bool
	foreign bool // another program may have used the key
	private bool // no other call has it

	truths  truths
	history history
}

// history is what the table in docs/retries.md needs to know of the attempts
// before.
type history struct {
	began   bool // an attempt, or a call before, may have sent a byte
	reached bool // an ambiguous one may have reached the server itself
	asked   bool // a rejection was requested once more
	broke   bool // a reused connection broke before the response
	doubted bool // an ambiguous attempt, or a lost response, was followed by another
	proxies uint8
	counted uint8
	limited uint8 // got 429
	same    uint8 // lost responses that were equal, the last one's bytes
	body    string
	extra   bool // the one attempt beyond the rules was begun
}

// driver puts the engine's own functions into a position, and makes them take
// the next step.
type driver struct {
	class       Class
	maxAttempts int

	s        *attempts
	alive    context.Context // the caller's, with nothing in the way
	now      clock.Timestamp
	symbols  []symbol
	sizes    [4]int
	others   int // of the symbols, those that are no successes
	policy   Policy
	groups   map[groupsKey][]group
	envs     map[bool][]environment
	outlooks map[outlookKey]*outlook
	broken   broken
}

func newDriver(t *testing.T, class Class, policy Policy) *driver {
	t.Helper()
	engine, err := New(Config{
		Profile: testProfile(), BaseURL: "http://127.0.0.1", Policy: policy,
		Authorize: func(_ context.Context, h http.Header) error {
			h.Set("Authorization", "new")
			return nil
		},
	})
	require.NoError(t, err)
	call := post(class)
	o := engine.newOperation(t.Context(), &call)
	require.NoError(t, o.setLimits(Policy{}))
	d := &driver{
		class: class, maxAttempts: policy.MaxAttempts,
		s: &attempts{operation: o}, now: engine.clock.Now(),
		groups:   map[groupsKey][]group{},
		envs:     map[bool][]environment{false: environments(false), true: environments(true)},
		outlooks: map[outlookKey]*outlook{}, broken: broken{},
	}
	d.alive, o.limits.policy = o.ctx, &d.policy
	d.policy = engine.policy
	d.symbols, d.sizes = alphabet(class)
	d.others = d.sizes[0] + d.sizes[1]
	return d
}

// mostLimited is how many attempts that got 429 make a difference: at least one,
// which backs off.
func (d *driver) mostLimited() int32 { return int32(max(d.maxAttempts, 1)) }

// enter puts the engine into a position, at the beginning of an attempt.
func (d *driver) enter(p *position, windowLeft time.Duration) {
	w := d.s.engine.window
	state := keySnapshot{outcome: p.outcome, expired: p.expired, foreign: p.foreign}
	if p.sent {
		state.since = d.now.Back(w.ttl - w.margin - windowLeft)
	}
	d.s.key = keyHandle{keyTracker: &keyTracker{state: state}, isPrivate: p.private}
	d.s.progress = progress{counts: p.counts, facts: p.facts, lost: p.lost, decision: decision{extra: p.extra}}
	d.s.progress.last = &attempt{}
	d.s.progress.last.seen.End = d.now
	d.s.started = d.now.Back(d.s.limits.maxElapsed - time.Minute)
	d.s.engine.budget.spent.Store(budgetCapacity / 2)
	d.s.engine.budget.next.Store(0)
}

// conclude makes the engine classify and fold a result.
func (d *driver) conclude(p *position, y *symbol) {
	const windowLeft = time.Minute
	d.enter(p, windowLeft)
	a := y.attempt
	a.class, a.seen.End, a.start, a.timeout = classification{}, d.now, d.now, time.Minute
	if a.seen.Counted {
		w := d.s.engine.window
		d.s.key.begin(d.now.Back(w.ttl - w.margin - windowLeft))
	}
	d.s.call.Request.Operation = *y.op
	d.policy.NoRetryOn500 = y.final
	d.s.concludeAttempt(d.s.ctx, a, stopNone)
}

// group is all results that the engine cannot distinguish in one position: they
// have the same classification, and the same of what else it looks at.
type group struct {
	symbol *symbol // one of them
	class  classification
	size   int
}

type groupsKey struct {
	known     known
	successes bool
	lost      lostResponses
}

type trait struct {
	class               classification
	row                 row
	marked, counted     bool
	newConn, broke      bool // a reused connection broke, or before the response
	slept, cancelled    bool
	stays, fresh, final bool
	whole               bool   // of a lost response
	body                string // likewise
	same                int    // such responses before it
}

// groupsAt merges what has the same classification under what is known here. Of
// the responses that were lost, only successes look at them again.
func (d *driver) groupsAt(p *position) []group {
	d.enter(p, time.Minute)
	key := groupsKey{known: d.s.known(d.s.ctx, &attempt{})}
	others := d.merged(key, d.symbols[:d.others])
	key.lost, key.successes = p.lost, true
	return slices.Concat(others, d.merged(key, d.symbols[d.others:]))
}

func (d *driver) merged(key groupsKey, symbols []symbol) []group {
	if found, ok := d.groups[key]; ok {
		return found
	}
	index := map[trait]int{}
	var found []group
	for i := range symbols {
		y := &symbols[i]
		c := d.classify(y)
		if !slices.Contains(words[y.row], c.reason) {
			d.broken.rulef("R23: the words of a reason", "row %d: %s", y.row, c.reason)
		}
		c.reason = "" // words alone
		tr := traitOf(y, c, &key.lost)
		at, ok := index[tr]
		if !ok {
			at = len(found)
			index[tr] = at
			found = append(found, group{symbol: y, class: c})
		}
		found[at].size++
	}
	d.groups[key] = found
	return found
}

// classify makes the engine classify a result. More intermediaries than a
// position counts must make no difference.
func (d *driver) classify(y *symbol) classification {
	k := d.s.known(d.s.ctx, y.attempt)
	profile, s := &d.s.engine.profile, &y.attempt.seen
	c := classify(y.op, profile, y.final, s, k)
	if k.intermediaries >= maxIntermediaryRetries {
		k.intermediaries += 7
		if classify(y.op, profile, y.final, s, k) != c {
			d.broken.rulef("R35: more intermediaries make a difference", "%+v", c)
		}
	}
	return c
}

func traitOf(y *symbol, c classification, lost *lostResponses) trait {
	s := &y.attempt.seen
	tr := trait{
		class: c, row: y.row,
		marked: isMarked(s), counted: s.Counted, slept: s.slept(), cancelled: s.Cancelled,
		newConn: s.Reused && (s.Err != nil || s.BodyErr != nil), broke: s.Reused && s.Err != nil,
		stays: y.stays, fresh: y.fresh, final: y.final,
	}
	if y.row == rowLost {
		tr.body, tr.whole, tr.same = string(s.Body), s.readWhole(), lost.equal(s)
	}
	return tr
}

// outlookKey is what the decision depends on, of a position and of the attempt
// that led to it. The engine gets nothing else of them to decide on, and must
// come to the decision that it came to by itself.
type outlookKey struct {
	verdict       Verdict
	retry         retryHint
	contradicted  bool
	attempts      int32
	limited       int32
	inProgress    int32
	extraUsed     bool
	newConn       bool
	outcome       Outcome
	sent, expired bool
	seen          struct{ slept, answered, cancelled bool }
}

// outlook is what follows in all environments.
type outlook struct {
	open   decision // where nothing is in the way
	goesOn int      // in how many it goes on by the rules,
	extra  int      // in how many with the one attempt beyond
	stops  [stopRequeued + 1]int
}

// place makes the engine's clocks and the caller's context show an environment
// at the end of an attempt.
func (d *driver) place(a *attempt, k *keySnapshot, e environment) context.Context {
	s := d.s
	if k.since != unsent {
		w := s.engine.window
		k.since = d.now.Back(w.ttl - w.margin - e.window)
	}
	s.started = d.now.Back(s.limits.maxElapsed - e.elapsed)
	s.progress.last.seen.End = d.now
	a.start, a.timeout = d.now, time.Minute
	if e.suspended {
		s.progress.last.seen.End = d.now.Back(time.Minute)
	}
	if a.retryAfter = 0; a.seen.Err == nil {
		a.retryAfter = e.retryAfter
	}
	s.engine.budget.spent.Store(0)
	s.engine.budget.next.Store(0)
	if e.budgetEmpty {
		s.engine.budget.spent.Store(budgetCapacity)
	}
	ctx := caller{Context: s.ctx, done: e.done}
	if e.deadline > 0 {
		ctx.deadline = time.Now().Add(e.deadline)
	}
	return ctx
}

// caller is a context in a given state, without a timer.
type caller struct {
	context.Context
	deadline time.Time
	done     bool
}

// setDone makes the caller go, or be there.
func (d *driver) setDone(done bool) { d.s.ctx = caller{Context: d.alive, done: done} }

func (c caller) Deadline() (time.Time, bool) { return c.deadline, !c.deadline.IsZero() }

func (c caller) Err() error {
	if c.done {
		return context.Canceled
	}
	return nil
}

func (s *evidence) slept() bool { return errors.Is(s.Err, sendonce.ErrSlept) }

// outlook makes the engine decide on what it has concluded, in all
// environments.
func (d *driver) outlook() *outlook {
	p, k := d.s.progress, d.s.key.snapshot()
	c, s := p.last.class, &p.last.seen
	key := outlookKey{
		verdict: c.verdict, retry: c.retry, contradicted: c.contradicted,
		attempts: min(p.counts.attempts, defaultMaxAttempts), inProgress: min(p.counts.inProgress, 1),
		limited:   min(p.counts.limited, d.mostLimited()),
		extraUsed: p.facts.extraUsed, newConn: p.facts.needsNewConn,
		outcome: k.outcome, sent: k.since != unsent, expired: k.expired,
	}
	key.seen.slept, key.seen.answered, key.seen.cancelled = s.slept(), s.Err == nil, s.Cancelled
	found := d.outlooks[key]
	if found == nil {
		found = d.look(key)
		d.outlooks[key] = found
	}
	if was := p.decision; !s.Cancelled && (was.stop != found.open.stop || was.extra != found.open.extra) {
		d.broken.rulef("the engine decides on something else too", "%+v, %+v, not %+v", key, was, found.open)
	}
	return found
}

func (d *driver) look(key outlookKey) *outlook {
	a := &attempt{class: classification{verdict: key.verdict, retry: key.retry, contradicted: key.contradicted}}
	if !key.seen.answered {
		a.seen.Err = io.EOF
	}
	if key.seen.slept {
		a.seen.Err = sendonce.ErrSlept
	}
	a.seen.End, a.seen.Cancelled = d.now, key.seen.cancelled
	p := progress{last: a, counts: counts{
		attempts: key.attempts, limited: key.limited, inProgress: key.inProgress,
	}}
	p.facts.extraUsed, p.facts.needsNewConn = key.extraUsed, key.newConn
	k := keySnapshot{outcome: key.outcome, expired: key.expired}
	if key.sent {
		k.since = d.now
	}
	found := new(outlook)
	for i, e := range d.envs[d.class == Keyed && key.sent] {
		got := d.decide(a, p, k, e)
		if i == 0 {
			found.open = got
		}
		if a.seen.Cancelled && !e.done {
			continue // the caller has cancelled it
		}
		found.add(got)
		d.check(a, &p, &k, e, got)
		if e.retryAfter == 0 && !e.budgetEmpty {
			d.countOn(key, a, p, k, e, got)
		}
	}
	return found
}

// countOn makes sure that numbers which positions do not count on make no
// difference.
func (d *driver) countOn(key outlookKey, a *attempt, p progress, k keySnapshot, e environment, got decision) {
	if key.attempts == defaultMaxAttempts {
		p.counts.attempts += 50
	}
	if key.inProgress == 1 {
		p.counts.inProgress += 50
	}
	if key.limited == d.mostLimited() {
		p.counts.limited += 50
	}
	if more := d.decide(a, p, k, e); more.stop != got.stop || more.extra != got.extra {
		d.broken.rulef("more attempts make a difference", "%+v: %+v, %+v", key, got, more)
	}
}

// decide makes the engine decide in one environment.
func (d *driver) decide(a *attempt, p progress, k keySnapshot, e environment) decision {
	d.s.progress = progress{last: &attempt{}}
	ctx := d.place(a, &k, e)
	d.s.ctx = ctx
	got := d.s.decideNext(ctx, a, &p, k, stopNone)
	d.s.ctx = d.alive
	return got
}

func (o *outlook) add(d decision) {
	switch {
	case d.stop != stopNone:
		o.stops[d.stop]++
	case d.extra:
		o.extra++
	default:
		o.goesOn++
	}
}
