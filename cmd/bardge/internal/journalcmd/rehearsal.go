package journalcmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/cmd/bardge/internal/connect"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// rehearsal is a journal in which nothing is written: it keeps what is saved
// until it is dropped. A change is tried on it with all of its checks.
type rehearsal struct {
	connect.Journal

	mu    sync.Mutex
	saved map[string]journal.Record
}

// Load returns the record as it would be.
func (j *rehearsal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	j.mu.Lock()
	rec, ok := j.saved[id]
	j.mu.Unlock()
	if ok {
		return rec, true, nil
	}
	return j.Journal.Load(ctx, id)
}

// Save keeps the record.
func (j *rehearsal) Save(_ context.Context, rec journal.Record) (bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	rec.Version++
	j.saved[rec.ID] = rec
	return true, nil
}

// Adopt finds nothing: no operation is taken up.
func (*rehearsal) Adopt(context.Context, string, time.Duration, journal.Filter) ([]journal.Record, error) {
	return nil, nil
}

// Rehearsed is what a resolution would do.
type Rehearsed struct {
	// Changes: something would be recorded that is not recorded yet.
	Changes bool
	// Verified: the API confirms the ID.
	Verified bool
	// Operation is the operation's name.
	Operation string
}

// Rehearse tries a resolution: it reads and checks all that [Book.Resolve] does
// but for what the API shows, fails as that does, and records nothing.
func (b *Book) Rehearse(ctx context.Context, id string, r Resolution) (Rehearsed, error) {
	o, err := b.withClient(ctx)
	if err != nil {
		return Rehearsed{}, err
	}
	var result Rehearsed
	err = b.desk.onStage(ctx, b.journal, b.desk.mayCall(o.account), func(s *opened, stage *rehearsal) (err error) {
		result, err = s.rehearse(ctx, stage, id, r)
		return err
	})
	return result, err
}

// onStage runs f with a client over a rehearsal of the journal.
func (d *desk) onStage(
	ctx context.Context, j connect.Journal, c credentials, f func(*opened, *rehearsal) error,
) error {
	stage := &rehearsal{Journal: j, saved: map[string]journal.Record{}}
	o, err := d.identify(ctx, stage, c)
	if err != nil {
		return err
	}
	return errors.Join(f(o, stage), closeClient(ctx, o.client))
}

func (o *opened) rehearse(ctx context.Context, stage *rehearsal, id string, r Resolution) (Rehearsed, error) {
	if err := o.client.resolve(ctx, id, r); err != nil {
		return Rehearsed{}, err
	}
	if len(stage.saved) == 0 {
		return Rehearsed{}, nil
	}
	found, err := o.client.GetID(ctx, id)
	if err != nil {
		return Rehearsed{}, err
	}
	n := len(found.Resolutions)
	verified := n > 0 && found.Resolutions[n-1].Verified
	return Rehearsed{Changes: true, Verified: verified, Operation: found.Operation}, nil
}

// rehearse finds out before a person is asked whether the resolution would be
// recorded, and notes what the API shows of an id. A refusal is the error.
func (d *desk) rehearse(ctx context.Context, j connect.Journal, a idem.Account, id string, f resolveFlags) error {
	c, without := d.credentials(a) // none where they are not given
	return d.onStage(ctx, j, c, func(o *opened, stage *rehearsal) error {
		tried, err := o.rehearse(ctx, stage, id, f.Resolution)
		switch {
		case errors.Is(err, idem.ErrNotVerified) && without != nil:
			return d.needCredentials(without, a)
		case err != nil:
			return d.explain(err, a, f)
		case f.ID == "" || !tried.Changes:
		case tried.Verified:
			d.app.Note("The API confirms the id%s.", prefixed(": ", o.client.shows(ctx, tried.Operation, f.ID)))
		case f.Unverified:
			d.app.Note("The id is not read from the API.")
		default:
			d.app.Note("The API has no call that shows what the id names: check its spelling.")
		}
		return nil
	})
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// shows describes what the API shows of an id; "" if that fails, or has no
// words.
func (c bardgeClient) shows(ctx context.Context, operation, id string) string {
	switch operation {
	case "IssuePass", "UpdateIssuedPass", "UpdateIssuedPassExpiry":
		p, _, err := c.client.IssuedPasses.Get(ctx, id)
		if err == nil {
			return fmt.Sprintf("GetIssuedPass shows %s of client %s, made %s", p.ID, p.ClientID, timeOf(p.Created))
		}
	case "BookClass", "ConfirmClassBooking", "ConfirmSpaBooking", "CancelBooking", "RescheduleBooking":
		b, _, err := c.client.Bookings.Get(ctx, id)
		if err == nil {
			return fmt.Sprintf("GetBookingStatus shows %s, %s, made %s", b.ID, b.Status, timeOf(b.Created))
		}
	}
	return ""
}

// timeOf returns a time in words.
func timeOf(t time.Time) string { return cmp.Or(stamp(t), "at an unknown time") }

// shows describes what the API shows of an id; "" if that fails, or has no
// words.
func (c blueSnapClient) shows(ctx context.Context, operation, id string) string {
	switch operation {
	case "CreateCardTransaction", "CaptureTransaction", "ReverseAuthorization", "ChargeOnDemandSubscription":
		t, _, err := c.client.Transactions.Get(ctx, bluesnap.ID(id))
		if err == nil {
			return fmt.Sprintf("GetTransaction shows %s, %s of %s %s", t.TransactionID, t.Type, t.Amount, t.Currency)
		}
	}
	return ""
}

// noCalls refuses requests, where no credentials are given.
type noCalls struct{}

func (noCalls) RoundTrip(*http.Request) (*http.Response, error) { return nil, errNoCalls }
