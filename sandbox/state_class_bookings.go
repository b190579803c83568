package sandbox

import (
	"net/http"
	"strconv"

	"github.com/bardge/bardge-go/gen"
)

// visitPrice is the price of one more visit to a gym for a used-up pass.
const visitPrice = 2500

// maxVisits is the largest number of visits that one confirmation buys
// (inferred: the vendor states none).
const maxVisits = 1000

// BookClass books a place, or opens a session where the pass does not cover the
// gym or has no visit left.
func (s *state) BookClass(r *http.Request, in gen.BookClassParams) (*gen.ClassBooking, error) {
	err := required(field{"class_instance_id", in.ClassInstanceID}, field{"client_id", in.ClientID})
	if err != nil {
		return nil, err
	}
	c := callOf(r)
	owner, err := s.client(c, in.ClientID)
	if err != nil {
		return nil, err
	}
	wanted := s.instances.byID[in.ClassInstanceID]
	if wanted == nil {
		return nil, notFound("class instance", in.ClassInstanceID)
	}
	pass, err := s.passOf(owner, in.UserPassID, wanted.class.gym)
	if err != nil {
		return nil, err
	}
	cost, ending := classPrice(owner, pass, wanted.class)
	if err := s.bookable(owner, wanted, cost); err != nil {
		return nil, err
	}
	if ending == endsBooked {
		return tellBooked(s.book(c, owner, wanted, cost)), nil
	}
	id := s.open(c, session{
		client: owner, place: wanted, price: cost, ending: ending, pass: pass, gym: wanted.class.gym,
	})
	return s.openResponse(id, wanted.class.gym, ending), nil
}

// classPrice returns the price of a place in a class, without the visit where
// that must be bought first.
func classPrice(owner *client, pass *issuedPass, wanted *class) (price, ending) {
	cost := price{credits: wanted.credits, kind: gen.ProviderCategoryGym}
	covered := pass != nil && covering(pass.pack, wanted.gym) != nil
	switch {
	case covered && pass.visitable(gen.ProviderCategoryGym):
		cost.pass = pass
		return cost, endsBooked
	case owner.visits[wanted.gym.ID] > 0:
		cost.gym = wanted.gym.ID
		return cost, endsBooked
	case covered:
		return cost, endsNeedsVisits
	default:
		return cost, endsNeedsCopay
	}
}

func tellBooked(b *booking) *gen.ClassBooking {
	return &gen.ClassBooking{
		Object: "class_booking_initiation", BookingID: b.ID, Status: b.Status, ClassName: b.ClassName,
		ProviderName: b.ProviderName, Date: b.Date, Time: b.Time, ScheduledFor: b.ScheduledFor,
		VisitsDeducted: b.VisitsDeducted, Created: b.Created, Message: "Class booked successfully",
	}
}

// openResponse describes a session and the purchases that confirm it.
func (s *state) openResponse(id string, gym *provider, ending ending) *gen.ClassBooking {
	open := &gen.ClassBooking{Object: "class_booking_initiation", SessionID: id, Currency: currency}
	if ending == endsNeedsVisits {
		open.AdditionalVisitsRequired, open.CostPerVisit = true, number(visitPrice)
		open.Message = "Additional visits are required"
		return open
	}
	open.CopayRequired, open.CopayOptions = true, s.optionsOf(gym)
	open.Message = "A co-pay is required"
	return open
}

// ConfirmClassBooking buys what the session requires, and books.
func (s *state) ConfirmClassBooking(
	r *http.Request, sessionID string, in gen.ConfirmClassParams,
) (*gen.Booking, error) {
	c := callOf(r)
	open, err := s.session(c, sessionID, false)
	if err != nil {
		return nil, err
	}
	buy, err := s.choice(open, in)
	if err != nil {
		return nil, err
	}
	if err := s.bookable(open.client, open.place, open.price); err != nil {
		return nil, err
	}
	delete(s.sessions, sessionID)
	return s.book(c, open.client, open.place, buy()).view("Class booked successfully"), nil
}

// choice returns a function that makes the chosen purchase and returns the
// booking's price. Fields that the session does not use are ignored: the
// vendor's example sends all of them.
func (s *state) choice(open *session, in gen.ConfirmClassParams) (buy func() price, err error) {
	cost := open.price
	if open.ending == endsNeedsVisits {
		if in.NumberOfVisits < 1 || in.NumberOfVisits > maxVisits {
			return nil, invalid("number_of_visits", "must be between 1 and "+strconv.Itoa(maxVisits))
		}
		if !in.Duration.Is(gen.PassDurationMonthly) && !in.Duration.Is(gen.PassDurationAnnually) {
			return nil, invalid("duration", "must be MONTHLY or ANNUALLY")
		}
		if err := open.pass.opens(open.gym, s.now()); err != nil {
			return nil, err
		}
		if _, limited := open.pass.limit(cost.kind); !limited {
			return nil, invalid("number_of_visits", "cannot be bought: the pass has no limit by now")
		}
		return func() price {
			cost.pass = open.pass
			cost.pass.raise(cost.kind, in.NumberOfVisits)
			return cost
		}, nil
	}
	if err := required(field{"copay_package_id", in.CopayPackageID}); err != nil {
		return nil, err
	}
	chosen, err := s.option(open.gym.ID, in.CopayPackageID)
	if err != nil {
		return nil, err
	}
	return func() price {
		cost.gym = open.gym.ID
		open.client.visits[cost.gym] += chosen.VisitsAllowed
		return cost
	}, nil
}
