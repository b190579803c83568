package linear

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// operator is a person who compares a ref's record with the server's data, and
// then resolves an open operation, or erases a settled one.
type operator struct {
	engine *idem.Engine
	// made returns the id of what the server made for a ref, empty if nothing:
	// the truth.
	made func(ref string) string
	// think is the time between reading and resolving.
	think  time.Duration
	record func(in input, act func() (output, string))
}

func (o operator) act(ctx context.Context, dice *rand.Rand, ref string) {
	found, err := o.engine.Get(ctx, journal.RefID(ref), idem.Recovery{})
	if err != nil {
		return // not there, or the journal is away
	}
	switch found.State {
	case journal.StateReserved, journal.StateOpen:
		made := o.made(ref)
		if pause(ctx, o.think) == nil {
			o.resolve(ctx, found, made)
		}
	default:
		if chance(dice, 0.5) {
			o.erase(ctx, found)
		}
	}
}

// resolve resolves one generation by the server's data. If nothing was made,
// that may have changed since, or change while a request is under way: the
// engine refuses it then.
func (o operator) resolve(ctx context.Context, found idem.RecordedOperation, made string) {
	s := idem.Resolution{
		Executed: made != "", ID: made, By: "ada", Generation: found.Generation,
		Class: func(name string) idem.Class { return operations[name].Class },
		ResponseOf: func(string) (*idem.Response, string) {
			return &idem.Response{Status: http.StatusCreated, Body: []byte(thing(made)), Reconstructed: true}, made
		},
	}
	promised := output{outcome: idem.OutcomeRejected, key: found.Key.String()}
	if s.Executed {
		promised = output{outcome: idem.OutcomeDone, made: made}
	}
	o.record(input{kind: kindResolve, ref: found.Ref}, func() (output, string) {
		return promise(promised, o.engine.Resolve(ctx, found.ID, s))
	})
}

func (o operator) erase(ctx context.Context, found idem.RecordedOperation) {
	promised := output{outcome: idem.OutcomeUnknown} // a free ref may be used meanwhile
	if found.State == journal.StateDone {
		promised.outcome = idem.OutcomeDone
	}
	o.record(input{kind: kindErase, ref: found.Ref}, func() (output, string) {
		return promise(promised, o.engine.Erase(ctx, found.ID))
	})
}

// promise returns the promise of an acknowledged act; otherwise none.
func promise(promised output, err error) (output, string) {
	if err != nil {
		return output{outcome: idem.OutcomeUnknown}, err.Error()
	}
	return promised, "acknowledged"
}

// reservation is the call that reserves a ref in a transaction. Its result
// promises nothing about the operation, which is sent after the commit, unless
// it was done before.
func reservation(ctx context.Context, e *idem.Engine, ref, call string, in journal.Reserver) (output, string, bool) {
	c := ask(ref, call)
	c.Reserver = in
	r := e.Do(ctx, c)
	if errors.Is(r.Err, idem.ErrReserved) {
		return output{outcome: idem.OutcomeUnknown}, note(r), true
	}
	return outputOf(r), note(r), false
}

// transaction is a caller's transaction on a journal in memory: its
// reservations are stored at the commit.
type transaction struct {
	journal journal.Journal
	anew    bool // it replaces what is there: the breach of a rule
	pending *journal.Record
}

func (tx *transaction) Reserve(ctx context.Context, rec journal.Record) (journal.Record, bool, error) {
	stored, ok, err := tx.journal.Load(ctx, rec.ID)
	switch {
	case err != nil:
		return journal.Record{}, false, fmt.Errorf("%w: %w", journal.ErrNotCommitted, err)
	case ok && tx.anew:
		rec.Version = stored.Version
	case ok && stored.Version != rec.Version:
		return stored, false, nil
	}
	pending := rec
	tx.pending = &pending
	rec.Version++
	return rec, true, nil
}

func (tx *transaction) commit(ctx context.Context) bool {
	if tx.pending == nil {
		return false
	}
	ok, err := tx.journal.Save(ctx, *tx.pending)
	return ok && err == nil
}
