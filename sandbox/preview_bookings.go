package sandbox

import (
	"net/http"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
)

// codeRescheduled is the code of a change to a booking that was moved. The
// vendor documents none.
const codeRescheduled gen.ErrorCode = "already_rescheduled"

// closed returns an error if the booking was cancelled or moved before.
func (b *booking) closed() error {
	switch {
	case b.Status.Is(gen.BookingCancelled):
		return conflict(gen.ErrorCodeAlreadyCancelled, "This booking was cancelled before")
	case b.Status.Is(gen.BookingRescheduled):
		return conflict(codeRescheduled, "This booking was moved before")
	default:
		return nil
	}
}

// RescheduleBooking closes a booking and makes another one at the same price
// (inferred from the vendor's table of states), in another instance of its
// class or at another time of its spa.
func (s *state) RescheduleBooking(
	r *http.Request, bookingID string, in gen.RescheduleBookingParams,
) (*gen.Booking, error) {
	c := callOf(r)
	old, err := s.booking(c, bookingID)
	if err != nil {
		return nil, err
	}
	if err := old.closed(); err != nil {
		return nil, err
	}
	to, err := s.movedTo(old.place, in)
	if err != nil {
		return nil, err
	}
	if err := to.free(s); err != nil {
		return nil, err
	}
	old.Status = gen.BookingRescheduled
	old.place.take(s, false)
	to.take(s, true)
	made := s.addBooking(s.ids.Next("booking"), c.Account, old.client, to, old.price)
	c.Touched(made.ID)
	return made.view("Booking rescheduled successfully"), nil
}

// movedTo returns the place that a booking shall hold instead.
func (s *state) movedTo(old place, in gen.RescheduleBookingParams) (place, error) {
	switch old := old.(type) {
	case *instance:
		if err := required(field{"class_instance_id", in.ClassInstanceID}); err != nil {
			return nil, err
		}
		wanted := s.instances.byID[in.ClassInstanceID]
		switch {
		case wanted == nil:
			return nil, notFound("class instance", in.ClassInstanceID)
		case wanted.class != old.class:
			return nil, invalid("class_instance_id", "is of another class")
		}
		return wanted, nil
	case *appointment:
		if err := required(field{"date", in.Date}, field{"time", in.Time}); err != nil {
			return nil, err
		}
		begins, err := readTime(in.Date, in.Time)
		return &appointment{spa: old.spa, begins: begins, services: old.services, ids: old.ids}, err
	default:
		panic("a booking holds another kind of place")
	}
}

// bookingPasscode makes the passcode of a booking, which ends a day after the
// visit has begun.
func (s *state) bookingPasscode(b *gen.Booking) gen.BookingPasscode {
	if !s.preview {
		return gen.BookingPasscode{}
	}
	return gen.BookingPasscode{
		Code:      s.ids.Next("BOOKCODE"),
		ExpiresAt: wire.Millis{Time: b.ScheduledFor.AddDate(0, 0, 1)},
	}
}
