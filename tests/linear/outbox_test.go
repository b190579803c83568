package linear

import (
	"context"
	"database/sql"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/postgres"
	"github.com/bardge/bardge-go/journal/sqlite"
)

// outbox begins transactions of the caller's on a durable journal's store.
type outbox interface {
	io.Closer
	begin(ctx context.Context) (callersTx, error)
}

type callersTx struct {
	reserver         journal.Reserver
	commit, rollback func() error
}

func (j job) openOutbox(stored durable) (outbox, error) {
	_, where, _ := strings.Cut(j.Journal, ":")
	switch store := stored.(type) {
	case *postgres.Journal:
		pool, err := pgxpool.New(context.Background(), where)
		return postgresOutbox{store, pool}, err
	case *sqlite.Journal:
		db, err := sql.Open("sqlite", (&url.URL{
			Scheme: "file", Path: where, RawQuery: "_txlock=immediate&_pragma=busy_timeout(500)",
		}).String())
		return sqliteOutbox{db, store}, err
	default:
		return nil, fmt.Errorf("no outbox of a %T", stored)
	}
}

type sqliteOutbox struct {
	*sql.DB

	journal *sqlite.Journal
}

func (o sqliteOutbox) begin(ctx context.Context) (callersTx, error) {
	tx, err := o.BeginTx(ctx, nil)
	if err != nil {
		return callersTx{}, err
	}
	return callersTx{o.journal.Reserver(tx), tx.Commit, tx.Rollback}, nil
}

type postgresOutbox struct {
	journal *postgres.Journal
	pool    *pgxpool.Pool
}

func (o postgresOutbox) begin(ctx context.Context) (callersTx, error) {
	tx, err := o.pool.BeginTx(ctx, pgx.TxOptions{})
	if err != nil {
		return callersTx{}, err
	}
	end := context.WithoutCancel(ctx)
	return callersTx{
		o.journal.InTx(tx),
		func() error { return tx.Commit(end) }, func() error { return tx.Rollback(end) },
	}, nil
}

func (o postgresOutbox) Close() error {
	o.pool.Close()
	return nil
}

type load struct {
	refs     int
	fresh    time.Duration // the time after which the next ref is in use
	pause    time.Duration // the longest one between two calls of a caller
	patience time.Duration // the longest time that a caller has
}

// choose returns the number of a ref: mostly one of the last three in use.
func (l load) choose(dice *rand.Rand, began time.Time) int {
	last := min(int(time.Since(began)/l.fresh), l.refs-1)
	if chance(dice, 0.6) {
		return last - dice.IntN(min(3, last+1))
	}
	return dice.IntN(last + 1)
}

func (l load) timeout(dice *rand.Rand) time.Duration {
	if chance(dice, 0.5) {
		return l.patience
	}
	return between(dice, 0, l.patience/10)
}

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

type faultKind string

const (
	faultNone         faultKind = "none"
	faultHangs        faultKind = "never answered, not executed"
	faultDropped      faultKind = "connection aborted, not executed"
	faultLimited      faultKind = "429 before the key check"
	faultForbidden    faultKind = "403 before the key check"
	faultUnavailable  faultKind = "503 before the key check"
	faultGateway      faultKind = "502 of a gateway, not executed"
	faultLost         faultKind = "executed, connection aborted"
	faultGatewayAfter faultKind = "executed, 504 of a gateway"
	faultStored       faultKind = "executed, 500 stored under the key"
	faultRefused      faultKind = "rejected, stored under the key"
	faultSlow         faultKind = "executed late, also without the client"
	faultRolledBack   faultKind = "executed late, rolled back if the client left"
	faultSlowAfter    faultKind = "executed, answered late"
)

// serverFaults are the faults of requests; repetition in the list raises the
// probability.
var serverFaults = []faultKind{
	faultHangs, faultDropped, faultUnavailable, faultGateway, faultGatewayAfter, faultStored, faultSlowAfter,
	faultLimited, faultLimited, faultForbidden, faultForbidden, faultForbidden,
	faultLost, faultLost, faultSlow, faultSlow, faultRolledBack, faultRolledBack,
	faultRefused, faultRefused, faultRefused,
}

// inFront are the faults in front of the server's own code.
var inFront = []faultKind{faultDropped, faultLimited, faultForbidden, faultUnavailable, faultGateway}

type serverFault struct {
	kind  faultKind
	ahead time.Duration // in front of the server's own code
	wait  time.Duration // in it, of the slow ones
}

type plan struct {
	seed       uint64
	faultShare func() float64 // the share of requests that meet a fault
	slowest    time.Duration
}

func (p plan) dice(names ...string) *rand.Rand {
	h := fnv.New64a()
	for _, name := range names {
		_, _ = h.Write([]byte(name))
		_, _ = h.Write([]byte{0})
	}
	return rand.New(rand.NewPCG(p.seed, h.Sum64()))
}

func (p plan) request(ref string, n int) serverFault {
	dice := p.dice("request", ref, string(rune(n)))
	if dice.Float64() >= p.faultShare() {
		return serverFault{kind: faultNone}
	}
	f := serverFault{kind: serverFaults[dice.IntN(len(serverFaults))]}
	f.wait = between(dice, 0, p.slowest)
	if slices.Contains(inFront, f.kind) && chance(dice, 0.5) {
		f.ahead = f.wait / 2
	}
	return f
}

func between(dice *rand.Rand, from, to time.Duration) time.Duration {
	return from + time.Duration(dice.Int64N(int64(to-from)+1))
}

func chance(dice *rand.Rand, p float64) bool { return dice.Float64() < p }
