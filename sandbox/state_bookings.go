package sandbox

import (
	"fmt"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/wire"
)

const clockTime = "15:04"

// session is a booking that waits for its confirmation. It ends with it, and has no other end: none is documented.
type session struct {
	id       string
	reseller string
	client   *client
	spending spending
	ending   classEnding
}

// spending is what a booking takes and a cancellation gives back.
type spending struct {
	place    *instance    // a place in a class
	slot     slot         // a time in a spa
	services string       // names of spa services
	pass     *issuedPass  // a visit of this pass
	gym      string       // a visit bought by co-pay, at this gym
	copay    *spaPurchase // a visit bought for this spa
	credits  int
}

// booking is a booking that was made.
type booking struct {
	gen.Booking

	reseller string // who made it
	spending spending
}

// open makes a session.
func (s *state) open(c *call, owner *client, what spending, ending classEnding) *session {
	opened := &session{
		id: s.ids.next("sess"), reseller: c.reseller, client: owner, spending: what, ending: ending,
	}
	s.sessions[opened.id] = opened
	c.touched(opened.id)
	return opened
}

// session finds a session of the caller's, for a class or for a spa.
func (s *state) session(c *call, id string, forClass bool) (*session, error) {
	found := s.sessions[id]
	if found == nil || found.reseller != c.reseller || (found.spending.place != nil) != forClass {
		return nil, notFound("session", id)
	}
	return found, nil
}

// affordable refuses a booking that nobody could make now.
func (s *state) affordable(owner *client, what spending) error {
	switch {
	case what.place != nil && what.place.taken >= what.place.places:
		return conflict(gen.ErrorCodeClassFull, "This class has no place left")
	case what.place == nil && (s.slots[what.slot] || what.slot.begins.Before(s.now())):
		return conflict(gen.ErrorCodeSlotUnavailable, "This slot is no longer available")
	case owner.credits < what.credits:
		return invalid("credits", fmt.Sprintf("are not enough: %d needed, %d left", what.credits, owner.credits))
	default:
		return nil
	}
}

// book spends and makes the booking.
func (s *state) book(c *call, owner *client, what spending) *booking {
	made := &booking{reseller: c.reseller, spending: what, Booking: gen.Booking{
		Object: "booking", ID: s.ids.next("booking"), Status: gen.BookingStatusPending,
		Created: s.nowSeconds(), ClientID: owner.ID,
	}}
	begins, label := what.slot.begins, "Spa booking — "
	if what.place != nil {
		begins, label = what.place.begins, "Class booking — "
		made.Type, made.ClassName, made.ProviderName = gen.BookingTypeClass, what.place.class.Name, what.place.class.ProviderName
		made.VisitsDeducted = 1
		label += made.ClassName
	} else {
		made.Type, made.ServiceName, made.ProviderName = gen.BookingTypeSpa, what.services, what.slot.spa.Name
		label += made.ProviderName
	}
	made.Date, made.Time = begins.Format(time.DateOnly), begins.Format(clockTime)
	made.ScheduledFor = wire.Seconds{Time: begins}
	s.spend(owner, what, 1, label)
	s.bookings.add(made.ID, made)
	c.touched(made.ID)
	return made
}
