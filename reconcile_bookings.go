package bardge

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// pageSize is the largest page (documented).
const pageSize = 100

// slot is all that a booking tells of the class instance that it is for.
type slot struct{ class, provider, date, clock string }

func (s slot) whole() bool { return s.class != "" && s.provider != "" && s.date != "" && s.clock != "" }

func slotOf(b *Booking) slot { return slot{b.ClassName, b.ProviderName, b.Date, b.Time} }

// lookForClassBooking looks for the one booking that the client has of the class
// instance. A booking does not name its instance: class, provider, date and time
// must be those of this instance, and of no other.
func (c *Client) lookForClassBooking(ctx context.Context, o PendingOperation) (idem.ReconcileResult, error) {
	var in BookClassParams
	if err := json.Unmarshal(o.Body, &in); err != nil {
		return idem.ReconcileResult{}, err
	}
	instance, client := sdk.Printable(in.ClassInstanceID), sdk.Printable(in.ClientID)
	made, err := c.bookingsMade(ctx, o, in.ClientID, BookingTypeClass)
	if err != nil {
		return idem.ReconcileResult{}, err
	}
	if len(made) == 0 {
		return unknown("client %s has no class booking of that time", client)
	}
	slots, err := c.slots(ctx, o, made)
	if err != nil {
		return idem.ReconcileResult{}, err
	}
	wanted := slots[in.ClassInstanceID]
	if !wanted.whole() || count(slots, wanted) != 1 {
		return unknown("class instance %s cannot be told from others by name, date and time", instance)
	}
	var found []*Booking
	for _, b := range made {
		if slotOf(b) == wanted {
			found = append(found, b)
		}
	}
	if len(found) != 1 {
		return unknown("client %s has %d bookings of that time for class instance %s", client, len(found), instance)
	}
	return proven(gen.OpBookClass, classBooking(found[0]), []string{scopeOfClass(in), scopeOfConfirmations},
		"booking %s of client %s is for class instance %s", sdk.Printable(found[0].ID), client, instance)
}

// lookForSpaBooking names the client's bookings of the slot. They prove nothing:
// a booking comes from the confirmation of a session (inferred), and which request
// opened that one is not told.
func (c *Client) lookForSpaBooking(ctx context.Context, o PendingOperation) (idem.ReconcileResult, error) {
	var in BookSpaParams
	if err := json.Unmarshal(o.Body, &in); err != nil {
		return idem.ReconcileResult{}, err
	}
	made, err := c.bookingsMade(ctx, o, in.ClientID, BookingTypeSpa)
	if err != nil {
		return idem.ReconcileResult{}, err
	}
	var ids []string
	for _, b := range made {
		if b.Date == in.Date && b.Time == in.Time {
			ids = append(ids, sdk.Printable(b.ID))
		}
	}
	if len(ids) == 0 {
		return unknown("client %s has no booking of that time for the slot; an open session is not shown",
			sdk.Printable(in.ClientID))
	}
	return unknown("client %s has booking %s for the slot, which may come from another request's confirmation",
		sdk.Printable(in.ClientID), strings.Join(ids, ", "))
}

// bookingsMade reads the bookings of a client that can come from an orphan, in
// whatever state they are now.
func (c *Client) bookingsMade(
	ctx context.Context, o PendingOperation, client string, kind BookingType,
) ([]*Booking, error) {
	var made []*Booking
	all := c.Bookings.AllForClient(ctx, client, ListClientBookingsParams{Limit: pageSize}, exactly(o.Header))
	for b, err := range all {
		if err != nil {
			return nil, err
		}
		if b.Type.Is(kind) && c.madeBy(o, b.Created) {
			made = append(made, b)
		}
	}
	return made, nil
}

// slots reads the instances of all classes that are named as one of the bookings
// says, by their ids.
func (c *Client) slots(ctx context.Context, o PendingOperation, made []*Booking) (map[string]slot, error) {
	slots := map[string]slot{}
	for class, err := range c.Classes.All(ctx, ListClassesParams{Limit: pageSize}, exactly(o.Header)) {
		if err != nil {
			return nil, err
		}
		if !named(made, class) {
			continue
		}
		whole, _, err := c.Classes.Get(ctx, class.ID, exactly(o.Header))
		if err != nil {
			return nil, err
		}
		for _, i := range whole.Instances {
			slots[i.ID] = slot{whole.Name, whole.ProviderName, i.Date, i.Time}
		}
	}
	return slots, nil
}

// named reports whether one of the bookings is for a class of this name.
func named(made []*Booking, class *Class) bool {
	for _, b := range made {
		if b.ClassName == class.Name && b.ProviderName == class.ProviderName {
			return true
		}
	}
	return false
}

func count(slots map[string]slot, wanted slot) int {
	n := 0
	for _, s := range slots {
		if s == wanted {
			n++
		}
	}
	return n
}

// classBooking is what BookClass answers when it makes this booking.
func classBooking(b *Booking) ClassBooking {
	return ClassBooking{
		Object: "class_booking_initiation", BookingID: b.ID, Status: b.Status,
		ClassName: b.ClassName, ProviderName: b.ProviderName, Date: b.Date, Time: b.Time,
		ScheduledFor: b.ScheduledFor, VisitsDeducted: b.VisitsDeducted, Created: b.Created,
	}
}
