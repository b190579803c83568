package reconcile

import (
	"context"
	"slices"
	"strings"
	"time"
)

type booking struct {
	slot

	ID             string `json:"id"`
	ClientID       string `json:"client_id"`
	Type           string `json:"type"`
	Status         string `json:"status"`
	ScheduledFor   int64  `json:"scheduled_for"`
	VisitsDeducted int    `json:"visits_deducted"`
	Created        int64  `json:"created"` // in seconds
}

// slot is what a booking shows of its class instance.
type slot struct {
	Class    string `json:"class_name"`
	Provider string `json:"provider_name"`
	Date     string `json:"date"`
	Time     string `json:"time"`
}

// class is a class with its instances, if it was read alone.
type class struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Provider  string `json:"provider_name"`
	Instances []struct {
		ID   string `json:"id"`
		Date string `json:"date"`
		Time string `json:"time"`
	} `json:"instances"`
}

// reconcileClassBooking finds the client's one booking of the class instance. A
// booking does not name its instance: class, provider and time must match one.
func (o Operation) reconcileClassBooking(ctx context.Context, in params) (any, string, error) {
	found, err := o.bookings(ctx, in.ClientID, "class")
	if err != nil {
		return nil, "", err
	}
	if len(found) == 0 {
		return o.unknown("client %s has no class booking of that time", in.ClientID)
	}
	slots, err := o.slots(ctx, found)
	if err != nil {
		return nil, "", err
	}
	wanted, alike := slots[in.ClassInstanceID], 0
	for _, s := range slots {
		if s == wanted {
			alike++
		}
	}
	if wanted.Class == "" || wanted.Provider == "" || wanted.Date == "" || wanted.Time == "" || alike != 1 {
		return o.unknown("class instance %s is not unique by name, date and time", in.ClassInstanceID)
	}
	found = slices.DeleteFunc(found, func(b booking) bool { return b.slot != wanted })
	if len(found) != 1 {
		return o.unknown("client %s has %d bookings of that time for class instance %s",
			in.ClientID, len(found), in.ClassInstanceID)
	}
	b := found[0]
	return map[string]any{
		"object": "class_booking_initiation", "booking_id": b.ID, "status": b.Status,
		"class_name": b.Class, "provider_name": b.Provider, "date": b.Date, "time": b.Time,
		"scheduled_for": b.ScheduledFor, "visits_deducted": b.VisitsDeducted, "created": b.Created,
	}, o.text("booking %s of client %s is for class instance %s", b.ID, in.ClientID, in.ClassInstanceID), nil
}

// reconcileSpaBooking names the client's bookings of the slot. They prove
// nothing: a booking comes from the confirmation of a session (inferred), and
// does not show which request opened that session.
func (o Operation) reconcileSpaBooking(ctx context.Context, in params) (any, string, error) {
	found, err := o.bookings(ctx, in.ClientID, "spa")
	if err != nil {
		return nil, "", err
	}
	var ids []string
	for _, b := range found {
		if b.Date == in.Date && b.Time == in.Time {
			ids = append(ids, o.Printable(b.ID))
		}
	}
	if len(ids) == 0 {
		return o.unknown("client %s has no booking of that time for the slot; an open session is not shown",
			in.ClientID)
	}
	return o.unknown("client %s has booking %s for the slot, which may come from another request's confirmation",
		in.ClientID, printed(strings.Join(ids, ", ")))
}

// bookings reads the client's bookings, in any state, that may match.
func (o Operation) bookings(ctx context.Context, client, kind string) (all []booking, err error) {
	err = o.Read(ctx, "ListClientBookings", client, &all)
	return slices.DeleteFunc(all, func(b booking) bool {
		return !strings.EqualFold(b.Type, kind) || !o.mayHaveMade(time.Unix(b.Created, 0))
	}), err
}

// slots reads the instances, by id, of all classes with a booking's class name.
func (o Operation) slots(ctx context.Context, bookings []booking) (map[string]slot, error) {
	var classes []class
	if err := o.Read(ctx, "ListClasses", "", &classes); err != nil {
		return nil, err
	}
	slots := map[string]slot{}
	for _, c := range classes {
		booked := func(b booking) bool { return b.Class == c.Name && b.Provider == c.Provider }
		if !slices.ContainsFunc(bookings, booked) {
			continue
		}
		var whole class
		if err := o.Read(ctx, "GetClass", c.ID, &whole); err != nil {
			return nil, err
		}
		for _, i := range whole.Instances {
			slots[i.ID] = slot{whole.Name, whole.Provider, i.Date, i.Time}
		}
	}
	return slots, nil
}
