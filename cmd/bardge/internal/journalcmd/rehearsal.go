package journalcmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/cmd/bardge/internal/connect"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// rehearsal is a journal in which a change of one record is seen by those who
// read it, and is not stored.
type rehearsal struct {
	connect.Journal

	saved *journal.Record
}

// Load returns the record as it would be.
func (j *rehearsal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	if j.saved != nil && j.saved.ID == id {
		return *j.saved, true, nil
	}
	return j.Journal.Load(ctx, id)
}

// Save keeps the record in memory.
func (j *rehearsal) Save(_ context.Context, rec journal.Record) (bool, error) {
	rec.Version++
	j.saved = &rec
	return true, nil
}

// rehearse finds out before a person is asked whether the resolution would be
// recorded, and notes what the API shows of an id. A refusal is the error.
func (d *desk) rehearse(ctx context.Context, j journalOf, a idem.Account, id string, f resolveFlags) error {
	c, without := d.credentials(a)
	if without != nil {
		c = credentials{}
	}
	dry := &rehearsal{Journal: j}
	o, err := d.identify(ctx, dry, c)
	if err != nil {
		return err
	}
	err = o.client.resolve(ctx, id, f.resolution)
	switch {
	case errors.Is(err, idem.ErrNotVerified) && without != nil:
		return d.needCredentials(without, a)
	case err != nil:
		return d.explain(err, a, f)
	case f.resolution.id == "" || dry.saved == nil:
		return nil
	}
	v, err := d.view(ctx, o, id)
	if err != nil {
		return err
	}
	switch made := v.Resolutions; {
	case len(made) > 0 && made[len(made)-1].Verified:
		d.app.Note("The API confirms the id%s.", prefixed(": ", o.client.shows(ctx, v.Operation, f.resolution.id)))
	case f.unverified:
		d.app.Note("The id is not read from the API.")
	default:
		d.app.Note("The API has no call that shows what the id names: check its spelling.")
	}
	return nil
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
			return fmt.Sprintf("GetIssuedPass shows %s of client %s, made %s", p.ID, p.ClientID, cmp.Or(stamp(p.Created), "at an unknown time"))
		}
	case "BookClass", "ConfirmClassBooking", "ConfirmSpaBooking", "CancelBooking":
		b, _, err := c.client.Bookings.Get(ctx, id)
		if err == nil {
			return fmt.Sprintf("GetBookingStatus shows %s, %s, made %s", b.ID, b.Status, cmp.Or(stamp(b.Created), "at an unknown time"))
		}
	}
	return ""
}

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
