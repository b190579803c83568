package sandbox

import (
	"net/http"
	"strings"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
)

// slot is a time in a spa, which takes one client at a time. All future times
// are open.
type slot struct {
	spa    string // provider id
	begins int64  // seconds since the epoch
}

// appointment is a requested slot.
type appointment struct {
	spa      *provider
	begins   time.Time
	services string // their names
	ids      []string
}

func (a *appointment) slot() slot { return slot{a.spa.ID, a.begins.Unix()} }

func (a *appointment) at() *provider { return a.spa }

func (a *appointment) free(s *state) error {
	if s.slots[a.slot()] || a.begins.Before(s.now()) {
		return conflict(gen.ErrorCodeSlotUnavailable, "This slot is no longer available")
	}
	return nil
}

func (a *appointment) take(s *state, hold bool) { s.slots[a.slot()] = hold }

func (a *appointment) describe(b *gen.Booking) (begins time.Time) {
	b.Type, b.ServiceName, b.ProviderName = gen.BookingTypeSpa, a.services, a.spa.Name
	return a.begins
}

func (a *appointment) purpose() string { return "Spa booking — " + a.spa.Name }

// BookSpa opens a session, to be confirmed. If the pass does not cover the spa
// and no co-pay was bought, the response shows that instead.
func (s *state) BookSpa(r *http.Request, in gen.BookSpaParams) (*gen.SpaBooking, error) {
	c := callOf(r)
	wanted, offered, err := s.readSpa(in)
	if err != nil {
		return nil, err
	}
	owner, err := s.client(c, in.ClientID)
	if err != nil {
		return nil, err
	}
	cost, ending, err := s.spaPrice(owner, in, wanted.spa, offered.credits)
	if err != nil {
		return nil, err
	}
	if err := s.bookable(owner, wanted, cost); err != nil {
		return nil, err
	}
	answer := &gen.SpaBooking{
		Object: "spa_booking_initiation", ServiceName: wanted.services, ProviderName: wanted.spa.Name,
		Date: in.Date, Time: in.Time, ScheduledFor: wire.Seconds{Time: wanted.begins},
	}
	if ending == endsNeedsCopay {
		answer.CopayRequired, answer.Message = true, "A co-pay is required"
		return answer, nil
	}
	answer.SessionID = s.open(c, session{client: owner, place: wanted, price: cost, ending: ending})
	answer.Message = "Confirm the session to book"
	return answer, nil
}

// readSpa resolves the ids in a request for an appointment.
func (s *state) readSpa(in gen.BookSpaParams) (wanted *appointment, cost offer, err error) {
	err = required(field{"provider_id", in.ProviderID}, field{"service_ids", strings.Join(in.ServiceIDs, "")},
		field{"date", in.Date}, field{"time", in.Time}, field{"client_id", in.ClientID})
	if err != nil {
		return nil, offer{}, err
	}
	spa, err := s.provider("provider_id", in.ProviderID, gen.ProviderCategorySpa)
	if err != nil {
		return nil, offer{}, err
	}
	cost, err = spa.offer(in.ServiceIDs)
	if err != nil {
		return nil, offer{}, err
	}
	begins, err := readTime(in.Date, in.Time)
	return &appointment{spa: spa, begins: begins, services: cost.names, ids: in.ServiceIDs}, cost, err
}

func readTime(date, clock string) (time.Time, error) {
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return time.Time{}, invalid("date", "must look like 2026-05-10")
	}
	begins, err := time.Parse(time.DateOnly+" "+clockTime, date+" "+clock)
	if err != nil {
		return time.Time{}, invalid("time", "must look like 14:00")
	}
	return begins, nil
}

// offer is some services of a spa together.
type offer struct {
	names   string
	credits int // for a client whose pass covers the spa
	money   int // for others
}

func (p *provider) offer(ids []string) (offer, error) {
	var sum offer
	var names []string
	for _, id := range ids {
		one, ok := p.offers[id]
		if !ok {
			return offer{}, notFound("service", id)
		}
		names = append(names, one.names)
		sum.credits += one.credits
		sum.money += one.money
	}
	sum.names = strings.Join(names, ", ")
	return sum, nil
}

// spaPrice returns the price of an appointment: the visit that a co-pay bought,
// or, where the pass covers the spa, a visit of the pass and the services'
// credits.
func (s *state) spaPrice(owner *client, in gen.BookSpaParams, spa *provider, credits int) (price, ending, error) {
	if in.CopayPurchaseID != "" {
		bought := s.purchases[passKey(owner.reseller, in.CopayPurchaseID)]
		if bought == nil || bought.client != owner || bought.spa != spa {
			return price{}, 0, notFound("co-pay purchase", in.CopayPurchaseID)
		}
		return price{copay: bought}, endsNeedsWord, nil
	}
	pass, err := s.passOf(owner, in.UserPassID, spa)
	switch {
	case err != nil:
		return price{}, 0, err
	case pass == nil || covering(pass.pack, spa) == nil || !pass.visitable(gen.ProviderCategorySpa):
		return price{}, endsNeedsCopay, nil
	}
	return price{pass: pass, kind: gen.ProviderCategorySpa, credits: credits}, endsNeedsWord, nil
}

// ConfirmSpaBooking books the appointment of a session.
func (s *state) ConfirmSpaBooking(r *http.Request, sessionID string) (*gen.Booking, error) {
	c := callOf(r)
	open, err := s.session(c, sessionID, true)
	if err != nil {
		return nil, err
	}
	if err := s.bookable(open.client, open.place, open.price); err != nil {
		return nil, err
	}
	delete(s.sessions, sessionID)
	return s.book(c, open.client, open.place, open.price).view("Appointment booked successfully"), nil
}
