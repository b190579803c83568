package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
)

const clockTime = "15:04" // the vendor's times of day

// place is what a booking holds: a place in a class, or a time in a spa.
type place interface {
	// at is the place's provider.
	at() *provider
	// free fails if the place is taken.
	free(s *state) error
	// take holds it or gives it back.
	take(s *state, hold bool)
	// describe adds the place to a booking, and returns when it begins.
	describe(b *gen.Booking) (begins time.Time)
	// purpose is its name in a statement of credits.
	purpose() string
}

// price is the price of a booking.
type price struct {
	pass    *issuedPass          // a visit of this pass
	kind    gen.ProviderCategory // at a provider of this kind
	gym     string               // or a visit bought by co-pay, at this gym
	copay   *spaPurchase         // or a spa visit that was bought
	credits int                  // and credits
}

// booking is a booking that was made.
type booking struct {
	gen.Booking

	reseller string // who made it
	client   *client
	place    place
	price    price
}

// bookable returns an error if the booking is not possible.
func (s *state) bookable(owner *client, p place, cost price) error {
	if err := p.free(s); err != nil {
		return err
	}
	if cost.pass != nil {
		if err := cost.pass.opens(p.at(), s.now()); err != nil {
			return err
		}
	}
	switch {
	case cost.pass != nil && !cost.pass.visitable(cost.kind):
		return invalid("user_pass_id", "names a pass without a visit left")
	case cost.copay != nil && cost.copay.used:
		return invalid("copay_purchase_id", "names a purchase that is used up")
	case owner.credits < cost.credits:
		return invalid("credits", fmt.Sprintf("are too few: %d needed, %d left", cost.credits, owner.credits))
	default:
		return nil
	}
}

// book makes a booking, which must be bookable.
func (s *state) book(c *call, owner *client, p place, cost price) *booking {
	made := s.addBooking(s.ids.Next("booking"), c.Account, owner, p, cost)
	p.take(s, true)
	s.charge(owner, cost, true, p.purpose())
	c.Touched(made.ID)
	return made
}

// addBooking adds a booking of a place that it neither takes nor pays.
func (s *state) addBooking(id, reseller string, owner *client, p place, cost price) *booking {
	made := &booking{reseller: reseller, client: owner, place: p, price: cost}
	made.Booking = gen.Booking{
		Object: "booking", ID: id, Status: gen.BookingPending, Created: s.nowSeconds(), ClientID: owner.ID,
	}
	begins := p.describe(&made.Booking)
	made.Date, made.Time = begins.Format(time.DateOnly), begins.Format(clockTime)
	made.ScheduledFor = wire.Seconds{Time: begins}
	made.Passcode = s.bookingPasscode(&made.Booking)
	s.bookings.add(passKey(reseller, id), made)
	owner.bookings = append(owner.bookings, made)
	return made
}

// cancel changes the booking alone, not what it held and cost.
func (b *booking) cancel() {
	b.Status = gen.BookingCancelled
	b.Refund.Visits = 1
	if b.price.credits > 0 {
		b.Refund.Credits = number(b.price.credits)
	}
}

func (s *state) charge(owner *client, cost price, take bool, purpose string) {
	n := 1
	if !take {
		n, purpose = -1, "Refund: "+purpose
	}
	switch {
	case cost.pass != nil:
		cost.pass.take(cost.kind, n)
	case cost.gym != "":
		owner.visits[cost.gym] -= n
	case cost.copay != nil:
		cost.copay.used = take
	}
	if cost.credits > 0 {
		s.move(owner, -n*cost.credits, purpose)
	}
}

// view returns the booking as clients see it.
func (b *booking) view(message string) *gen.Booking {
	seen := b.Booking
	seen.Message = message
	return &seen
}

func (s *state) booking(c *call, id string) (*booking, error) {
	found := s.bookings.byID[passKey(c.Account, id)]
	if found == nil {
		return nil, notFound("booking", id)
	}
	c.Touched(id)
	return found, nil
}

func (s *state) ListClientBookings(
	r *http.Request, clientID string, params gen.ListClientBookingsParams,
) (*gen.BookingList, error) {
	c := callOf(r)
	owner, err := s.client(c, clientID)
	if err != nil {
		return nil, err
	}
	c.Touched(owner.ID)
	n := len(owner.bookings)
	from, to, more, err := window{params.StartingAfter, params.EndingBefore, params.Limit}.cut(n, func(id string) int {
		at := slices.IndexFunc(owner.bookings, func(b *booking) bool { return b.ID == id })
		if at < 0 {
			return -1
		}
		return n - 1 - at
	})
	if err != nil {
		return nil, err
	}
	newest := make([]gen.Booking, 0, to-from)
	for i := from; i < to; i++ {
		newest = append(newest, owner.bookings[n-1-i].Booking)
	}
	return listOf(r, newest, more, "Bookings retrieved successfully"), nil
}

func (s *state) GetBookingStatus(r *http.Request, bookingID string) (*gen.BookingState, error) {
	found, err := s.booking(callOf(r), bookingID)
	if err != nil {
		return nil, err
	}
	return (*gen.BookingState)(found.view("Booking retrieved successfully")), nil
}

// CancelBooking cancels a booking and gives back its place and its price. Twice
// it is a conflict (documented).
func (s *state) CancelBooking(r *http.Request, bookingID string) (*gen.Booking, error) {
	found, err := s.booking(callOf(r), bookingID)
	if err != nil {
		return nil, err
	}
	if err := found.closed(); err != nil {
		return nil, err
	}
	found.cancel()
	found.place.take(s, false)
	s.charge(found.client, found.price, false, found.place.purpose())
	return found.view("Booking cancelled successfully"), nil
}

// session is a booking that awaits its confirmation, which ends it. No other
// end is documented.
type session struct {
	reseller string
	client   *client
	place    place
	price    price
	ending   ending
	pass     *issuedPass // to buy visits for
	gym      *provider   // to buy a co-pay for
}

// ending is the result of a request for a booking.
type ending int

const (
	endsBooked      ending = iota
	endsNeedsCopay         // the pass does not cover the gym
	endsNeedsVisits        // the pass has no visit left
	endsNeedsWord          // a spa appointment, which is always confirmed
)

func (s *state) open(c *call, opened session) string {
	id := s.ids.Next("sess")
	opened.reseller = c.Account
	s.sessions[id] = &opened
	c.Touched(id)
	return id
}

// session finds a session of the caller's, of a spa or a class.
func (s *state) session(c *call, id string, ofSpa bool) (*session, error) {
	found := s.sessions[id]
	if found == nil || found.reseller != c.Account || (found.ending == endsNeedsWord) != ofSpa {
		return nil, notFound("session", id)
	}
	return found, nil
}
