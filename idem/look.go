package idem

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/bardge/bardge-go/journal"
)

// ErrOperationOpen: the operation is reserved or open: its request may be
// needed.
var ErrOperationOpen = errors.New("the operation is not settled")

// RecordedOperation is an operation as the journal has it. It holds nothing of
// the request, and of the response only identifiers. It prints by allow-list.
type RecordedOperation struct {
	// ID is the operation's name in the journal, for Resolve.
	ID string
	// Ref is the caller's name for the operation; empty where it has none.
	Ref string
	// Operation is the operation's name.
	Operation string
	// Class is how it may be repeated, by its row; KeyUnverified, which
	// promises least, where it has none.
	Class Class
	// Generation counts the operations of this ref: one that ended unexecuted
	// leaves the ref to the next. Resolve names it where it is not 1.
	Generation int
	// State is the record's state, Outcome what is known about the operation.
	State   journal.State
	Outcome Outcome
	// Key is the idempotency key with what is known of it; zero if none is
	// sent.
	Key Key
	// Since is when the intent was recorded, by the wall clock of the process
	// that did.
	Since time.Time
	// SafeUntil is the last moment, by the wall clock, at which an open
	// operation may be begun again under its key. Zero where no key protects
	// it, as in every class but Keyed.
	SafeUntil time.Time
	// Owned: a call or Recover works on the operation.
	Owned bool
	// NextRecovery is when Recover takes the operation up again, by the wall
	// clock. Zero where it may at once, or the operation is owned or settled.
	NextRecovery time.Time
	// Attempts counts the requests of this generation, as far as they were
	// recorded: one under way, or cut off by a crash, is not.
	Attempts int
	// LastAttempt is when the last of them ended, as far as it was recorded.
	LastAttempt time.Time
	// Status, Code and RequestID are its response's, where one came.
	Status          int
	Code, RequestID string
	// Reason states in fixed words why the operation is open or free. Empty
	// where it is done, or nothing is known.
	Reason string
	// Stored: the server has stored a failure under the key, so that repeating
	// brings the same one.
	Stored bool
	// ResponseLost: it was executed, and the journal has no response to return
	// to a later call: none was readable, a person reported it without an id, or
	// Erase has dropped it.
	ResponseLost bool
	// Resource names what the operation made, such as "booking:" and an id, if
	// known.
	Resource string
	// ByPerson: the outcome is a person's word.
	ByPerson bool
	// Erased: Erase has dropped request and response.
	Erased bool
	// Resolutions are people's words on the operation, oldest first, at most
	// 16: also those on earlier generations of the ref.
	Resolutions []ResolutionEntry
	// Account is the account that the operation belongs to.
	Account Account
	// Err is why the sealed part of the record could not be read:
	// ErrJournalSecret or ErrJournalVersion. The fields from SafeUntil on are
	// zero then. Nil is the rule.
	Err error
}

func (e *Engine) recorded(found entry, err error, with Recovery) RecordedOperation {
	op, _ := with.row(found.Operation)
	o := RecordedOperation{
		ID: found.ID, Ref: found.Ref(), Operation: found.Operation, Class: op.Class, Generation: found.Generation,
		State: found.State(), Outcome: found.known(), Key: found.key(), Since: found.Since,
		Account: e.sealed.binder.account,
	}
	if err != nil {
		o.Err = journalFailure(err)
		return o
	}
	pending := o.State == journal.StateOpen || o.State == journal.StateReserved
	if o.State == journal.StateOpen && o.Class == Keyed && found.Key != "" {
		o.SafeUntil = e.window.safeUntil(found.state().snapshot(), e.clock.Now())
	}
	o.Owned = pending && found.owned()
	if pending && found.Owner == "" && found.Lease > 0 {
		o.NextRecovery = found.asked.WallTime().Add(found.Lease)
	}
	o.Attempts, o.Resource, o.Stored = found.Attempts, found.Resource, found.Stored
	o.ResponseLost = o.State == journal.StateDone && found.Response == nil
	o.ByPerson, o.Erased, o.Resolutions = found.Said == saidOutcome, found.Erased, found.History
	switch l := found.Last; {
	case l != nil:
		o.LastAttempt, o.Status, o.Code, o.Reason, o.RequestID = l.At, l.Status, l.Code, l.Reason, l.RequestID
	case found.Response != nil && found.Said == 0 && !found.Response.Reconstructed:
		o.Status = found.Response.Status
		o.RequestID = identifier(found.Response.Header.Get(e.profile.RequestIDHeader))
	}
	return o
}

// String returns what is known in one line: names, state, and why.
func (o RecordedOperation) String() string {
	var b strings.Builder
	b.WriteString(printable(o.Operation) + ": " + refOrID(o.Ref, o.ID))
	fmt.Fprintf(&b, ", generation %d, %s since %s", o.Generation, o.State, o.Since.UTC().Format(time.RFC3339))
	if o.Owned {
		b.WriteString(", owned")
	}
	if o.ByPerson {
		b.WriteString(", by a person's word")
	}
	fmt.Fprintf(&b, ", attempts %d", o.Attempts)
	if o.Status != 0 {
		fmt.Fprintf(&b, ", status %d", o.Status)
	}
	for _, part := range [...][2]string{{"code", o.Code}, {"request", o.RequestID}} {
		if part[1] != "" {
			b.WriteString(", " + part[0] + " " + printable(part[1]))
		}
	}
	if o.Reason != "" {
		b.WriteString(": " + o.Reason)
	}
	if o.Err != nil {
		b.WriteString(": " + o.Err.Error())
	}
	return b.String()
}

// Format prints String under every verb.
func (o RecordedOperation) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(o.String())) }

// MarshalText writes String, for loggers that encode as JSON.
func (o RecordedOperation) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// LogValue logs what String returns, as a group.
func (o RecordedOperation) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("operation", printable(o.Operation)),
		slog.String("id", quoted(o.ID)),
		slog.Int("generation", o.Generation),
		slog.String("state", o.State.String()),
		slog.Time("since", o.Since),
		slog.Bool("owned", o.Owned),
		slog.Int("attempts", o.Attempts),
		slog.Int("status", o.Status),
		slog.String("code", printable(o.Code)),
		slog.String("request_id", printable(o.RequestID)),
		slog.String("reason", o.Reason),
	)
}

// String returns time, generation and statement.
func (r ResolutionEntry) String() string {
	word := "not executed"
	if r.Executed {
		word = "executed"
	}
	if r.ID != "" {
		word += " " + quoted(r.ID)
	}
	if r.Verified {
		word += ", verified"
	}
	return fmt.Sprintf("%s, generation %d: %s", r.At.UTC().Format(time.RFC3339), r.Generation, word)
}

// Format prints String under every verb.
func (r ResolutionEntry) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(r.String())) }

// LogValue logs what String returns.
func (r ResolutionEntry) LogValue() slog.Value { return slog.StringValue(r.String()) }

// List returns the operations that match the filter, ordered by the bytes of
// their ids, up to the filter's limit. For the next page, set After to the last
// one's ID. It sends nothing and changes nothing (J17). Of with, it uses
// Operation alone, as Get and GetMany do. The journal must be a journal.Reader.
func (e *Engine) List(ctx context.Context, f journal.Filter, with Recovery) ([]RecordedOperation, error) {
	return look(ctx, e, func(l sealedJournal) ([]RecordedOperation, error) {
		if err := checkFilter(f); err != nil {
			return nil, err
		}
		found, err := l.list(ctx, f)
		if err != nil {
			return nil, err
		}
		return e.unsealed(l, found, with), nil
	})
}

// Get returns the operation with this name in the journal; RefID makes one of a
// ref. One that is not there is ErrOperationNotFound. It sends nothing and
// changes nothing (J17).
func (e *Engine) Get(ctx context.Context, id string, with Recovery) (RecordedOperation, error) {
	return look(ctx, e, func(l sealedJournal) (RecordedOperation, error) {
		found, err := l.find(ctx, id)
		if err != nil {
			return RecordedOperation{}, err
		}
		return e.recorded(found, nil, with), nil
	})
}

// GetMany returns the operations with these names in the journal, in no order,
// but not those that are not there. It sends nothing and changes nothing (J17).
// The journal must be a journal.Reader.
func (e *Engine) GetMany(ctx context.Context, ids []string, with Recovery) ([]RecordedOperation, error) {
	return look(ctx, e, func(l sealedJournal) ([]RecordedOperation, error) {
		for _, id := range ids {
			if err := checkName(id); err != nil {
				return nil, err
			}
		}
		all := []RecordedOperation{}
		for some := range slices.Chunk(ids, journal.MaxLimit) {
			found, err := readWith(ctx, l, func(ctx context.Context, r journal.Reader) ([]journal.Record, error) {
				return r.LoadMany(ctx, some)
			})
			if err != nil {
				return nil, err
			}
			all = append(all, e.unsealed(l, found, with)...)
		}
		return all, nil
	})
}

// Stats counts the operations of the journal: the open ones by operation and
// age. It sends nothing and changes nothing (J17). The journal must be a
// journal.Reader.
func (e *Engine) Stats(ctx context.Context) (journal.Stats, error) {
	return look(ctx, e, func(l sealedJournal) (journal.Stats, error) {
		return readWith(ctx, l, func(ctx context.Context, r journal.Reader) (journal.Stats, error) {
			return r.Stats(ctx)
		})
	})
}

func look[T any](ctx context.Context, e *Engine, read func(sealedJournal) (T, error)) (none T, err error) {
	leave, err := e.enterJournal(ctx, "look in")
	if err != nil {
		return none, err
	}
	defer leave()
	l, err := e.sealed.forReading(ctx)
	if err != nil {
		return none, journalFailure(err)
	}
	return read(l)
}

// forReading makes sure that the journal is the engine's account's, and binds
// nothing (J12, J17).
func (l sealedJournal) forReading(ctx context.Context) (sealedJournal, error) {
	if l.binder.bound.Load() != nil {
		return l, l.admit(ctx)
	}
	b, err := l.exchangeBinding(ctx, nil, nil)
	l.binder = &binder{account: l.binder.account}
	if err == nil && b.stored == nil {
		b.Account = l.binder.account
	}
	return l, l.accept(b, err)
}

func (l sealedJournal) list(ctx context.Context, f journal.Filter) ([]journal.Record, error) {
	return readWith(ctx, l, func(ctx context.Context, r journal.Reader) ([]journal.Record, error) {
		return r.List(ctx, f)
	})
}

// pages lists all records that match the filter. An error is the last.
func (l sealedJournal) pages(ctx context.Context, f journal.Filter) iter.Seq2[[]journal.Record, error] {
	return func(yield func([]journal.Record, error) bool) {
		for {
			page, err := l.list(ctx, f)
			if !yield(page, err) || err != nil || len(page) < f.Page() {
				return
			}
			f.After = page[len(page)-1].ID
		}
	}
}

func readWith[T any](
	ctx context.Context, l sealedJournal, read func(context.Context, journal.Reader) (T, error),
) (got T, err error) {
	reader, ok := l.journal.(journal.Reader)
	if !ok {
		return got, &InvalidError{Field: "journal", Reason: "cannot list its records: it is no journal.Reader"}
	}
	got, err = ask(ctx, l, false, func(ctx context.Context) (T, error) { return read(ctx, reader) })
	if err != nil {
		err = journalFailure(err)
	}
	return got, err
}

// unsealed shows records: one that cannot be opened as far as it is in the
// clear.
func (e *Engine) unsealed(l sealedJournal, found []journal.Record, with Recovery) []RecordedOperation {
	all := make([]RecordedOperation, len(found))
	now := e.clock.Now()
	for i, rec := range found {
		rec, err := l.unseal(rec, now)
		all[i] = e.recorded(rec, err, with)
	}
	return all
}

// checkFilter refuses a filter that matches nothing by mistake.
func checkFilter(f journal.Filter) error {
	return cmp.Or(
		invalidIf(f.State > journal.StateDone, "filter's State", "is not one of the states"),
		invalidIf(!storable(f.Operation), "filter's Operation", notStorable),
		invalidIf(!storable(f.After), "filter's After", notStorable),
		invalidIf(f.OlderThan < 0, "filter's OlderThan", "is negative"),
		invalidIf(f.Limit < 0, "filter's Limit", "is negative"),
	)
}
