package powercut

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/bardge/bardge-go/journal"
)

const (
	workers = 12
	// lease outlasts the test; lapsed leaves a record to adopters.
	lease, lapsed = time.Hour, -time.Second
)

// load uses a journal as an engine does, and records each write's begin and
// end.
type load struct {
	*trace
	journal journal.Journal
	seed    uint64
	prefix  string // of the refs
	binding []byte // the journal's binding
}

func (l *load) run(ctx context.Context, orders int) {
	l.bind(ctx, l.binding, fmt.Appendf(nil, "binding of %s", l.prefix))
	l.bind(ctx, []byte("not the binding"), fmt.Appendf(nil, "refused binding of %s", l.prefix))
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			dice := rand.New(rand.NewPCG(l.seed, uint64(w)))
			for i := w; i < orders; i += workers {
				l.order(ctx, dice, fmt.Sprintf("%s-%d", l.prefix, i))
				if dice.IntN(8) == 0 {
					l.adopt(ctx, dice)
				}
			}
		})
	}
	all.Wait()
}

// order claims a ref, renews the claim, and settles it in one of the possible
// ways.
func (l *load) order(ctx context.Context, dice *rand.Rand, ref string) {
	rec := journal.Record{
		ID: journal.RefID(ref), Generation: 1, Operation: "bookings.create", Key: ref + "/1", Since: now(),
		Owner: "call of " + ref, Lease: lease, Outcome: journal.OutcomeUnknown, Sealed: payload(dice),
	}
	if dice.IntN(2) == 0 {
		rec.Scope = fmt.Sprint("scope ", dice.IntN(20))
	}
	rec, ok := l.save(ctx, rec)
	for range dice.IntN(3) {
		if ok {
			rec, ok = l.save(ctx, rec) // the lease is renewed
		}
	}
	if !ok {
		return
	}
	if dice.IntN(6) == 0 { // a rival has read the record before it was claimed
		rival := rec
		rival.Version, rival.Owner, rival.Sealed = rec.Version-1, "rival of "+ref, payload(dice)
		l.save(ctx, rival)
	}
	l.settle(ctx, dice, rec)
}

// settle records the outcome, leaves the record to adopters, or resolves it.
func (l *load) settle(ctx context.Context, dice *rand.Rand, rec journal.Record) {
	rec.Sealed = payload(dice)
	switch dice.IntN(10) {
	case 0:
		rec.Lease = lapsed
		l.save(ctx, rec)
	case 3:
		rec.Owner, rec.Lease = "", 0 // its call has ended as unknown
		if rec, ok := l.save(ctx, rec); ok {
			l.resolve(ctx, dice, rec)
		}
	case 1, 2:
		rec.Owner, rec.Lease = "", 0
		rec.Outcome = []journal.Outcome{journal.OutcomeRejected, journal.OutcomeNotSent}[dice.IntN(2)]
		if rec, ok := l.save(ctx, rec); ok && dice.IntN(2) == 0 {
			l.claimNext(ctx, dice, rec)
		}
	default:
		l.done(ctx, dice, rec)
	}
}

// resolve records a resolution of an open operation, as Engine.Resolve does.
// Another worker may adopt the record at the same time.
func (l *load) resolve(ctx context.Context, dice *rand.Rand, rec journal.Record) {
	rec.Owner, rec.Lease, rec.Sealed = "", 0, payload(dice)
	rec.Outcome = []journal.Outcome{journal.OutcomeDone, journal.OutcomeRejected}[dice.IntN(2)]
	if rec, ok := l.save(ctx, rec); ok && dice.IntN(2) == 0 {
		l.erase(ctx, rec)
	}
}

func (l *load) erase(ctx context.Context, rec journal.Record) {
	rec.Sealed = []byte("erased " + rec.Key)
	l.save(ctx, rec)
}

func (l *load) claimNext(ctx context.Context, dice *rand.Rand, rec journal.Record) {
	rec.Generation++
	rec.Key, rec.Since = fmt.Sprintf("%s/%d", rec.Ref(), rec.Generation), now()
	rec.Owner, rec.Lease = "call again of "+rec.Ref(), lease
	rec.Outcome, rec.Sealed = journal.OutcomeUnknown, payload(dice)
	if rec, ok := l.save(ctx, rec); ok {
		l.done(ctx, dice, rec)
	}
}

// done records what the operation made. One in six names a resource of another
// operation, which is rejected.
func (l *load) done(ctx context.Context, dice *rand.Rand, rec journal.Record) {
	rec.Owner, rec.Lease, rec.Outcome = "", 0, journal.OutcomeDone
	rec.Sealed = payload(dice)
	if dice.IntN(6) == 0 {
		rec.Resource = "a booking that exists"
		if _, ok := l.save(ctx, rec); ok {
			return
		}
	}
	rec.Resource = ""
	if dice.IntN(2) == 0 {
		rec.Resource = "booking of " + rec.Key
	}
	if rec, ok := l.save(ctx, rec); ok && dice.IntN(4) == 0 {
		l.erase(ctx, rec)
	}
}

func (l *load) adopt(ctx context.Context, dice *rand.Rand) {
	owner := fmt.Sprint("adopter ", dice.Uint64())
	began := l.add(event{Begin: &call{Adopter: owner}})
	adopted, err := l.journal.Adopt(ctx, owner, lease, journal.Filter{Limit: 3})
	l.add(event{End: &result{Began: began, Status: statusOf(true, err), Records: adopted}})
	for _, rec := range adopted {
		l.done(ctx, dice, rec)
	}
}

// save returns the stored record, and whether that is certain.
func (l *load) save(ctx context.Context, rec journal.Record) (journal.Record, bool) {
	began := l.add(event{Begin: &call{Record: rec}})
	ok, err := l.journal.Save(ctx, rec)
	status := statusOf(ok, err)
	l.add(event{End: &result{Began: began, Status: status}})
	if status == acknowledged {
		rec.Version++
	}
	return rec, status == acknowledged
}

func (l *load) bind(ctx context.Context, from, to []byte) {
	began := l.add(event{Begin: &call{Binding: to}})
	stored, err := l.journal.Bind(ctx, from, to)
	status := statusOf(bytes.Equal(stored, to), err)
	l.add(event{End: &result{Began: began, Status: status}})
	if status == acknowledged {
		l.binding = to
	}
}

// now is the time in a record's precision.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

func payload(dice *rand.Rand) []byte {
	size := 64 + dice.IntN(1000)
	if dice.IntN(10) == 0 {
		size += dice.IntN(12_000) // more than a page
	}
	p := make([]byte, size)
	for i := range p {
		p[i] = byte(dice.Uint32())
	}
	return p
}
