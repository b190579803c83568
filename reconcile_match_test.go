package bardge_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// What is done within the orphan's own window, by whom and how.
func TestJ11_AMatchMustBeUnambiguous(t *testing.T) {
	rows := map[string]struct {
		op       sandbox.Operation
		do       order
		executed bool // the orphan
		around   func(s *shop)
		evidence string
	}{
		"the client has two bookings of the class": {
			op: sandbox.BookClass, do: orderClass, executed: true,
			around:   func(s *shop) { s.succeed(orderClass, s.another()) },
			evidence: "has 2 bookings of that time for class instance ci_yoga",
		},
		"the booking is of another instance": {
			op: sandbox.BookClass, do: orderClass,
			around:   func(s *shop) { s.succeed(orderInstance(s.Seed.LastPlaceInstanceID), s.another()) },
			evidence: "has 0 bookings of that time for class instance ci_yoga",
		},
		"the booking is of another class": {
			op: sandbox.BookClass, do: orderClass,
			around:   func(s *shop) { s.succeed(orderInstance(s.Seed.CreditInstanceID), s.another()) },
			evidence: "class instance ci_yoga is not unique",
		},
		"the booking is of another client": {
			op: sandbox.BookClass, do: orderClass,
			around: func(s *shop) {
				_, _, err := s.another().Bookings.BookClass(s.t.Context(), bardge.BookClassParams{
					ClassInstanceID: s.Seed.ClassInstanceID, ClientID: s.Seed.PoorClientID,
				})
				require.NoError(s.t, err)
			},
			evidence: "client client_ada has no class booking of that time",
		},
		"the booking was made after the window": {
			op: sandbox.BookClass, do: orderClass,
			around: func(s *shop) {
				time.Sleep(2 * time.Minute)
				s.succeed(orderClass, s.another())
			},
			evidence: "client client_ada has no class booking of that time",
		},
		"a spa booking may be of a confirmation": {
			op: sandbox.BookSpa, do: orderSpa,
			around:   func(s *shop) { s.succeed(confirmSpa, s.another()) },
			evidence: "has booking booking_0001 for the slot, which may come from another request's confirmation",
		},
		"a booking of another slot, and a class at the slot's time": {
			op: sandbox.BookSpa, do: spaAtClassTime,
			around: func(s *shop) {
				s.succeed(confirmSpa, s.another())
				s.succeed(orderClass, s.another())
			},
			evidence: "client client_ada has no booking of that time for the slot",
		},
		"the client has two credits of the package": {
			op: sandbox.PurchaseCredits, do: buyCredits, executed: true,
			around:   func(s *shop) { s.succeed(buyCredits, s.another()) },
			evidence: "has 2 credits of that time",
		},
		"the credit is a refund": {
			op: sandbox.PurchaseCredits, do: buyCredits,
			around: func(s *shop) {
				booking, _, err := s.another().Bookings.BookClass(s.t.Context(), bardge.BookClassParams{
					ClassInstanceID: s.Seed.CreditInstanceID, ClientID: s.Seed.ClientID,
				})
				require.NoError(s.t, err)
				_, _, err = s.another().Bookings.Cancel(s.t.Context(), booking.BookingID)
				require.NoError(s.t, err)
			},
			evidence: "has 0 credits of that time",
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			withShop(t, func(t *testing.T, s *shop) {
				s.orphan(row.op, row.do, row.executed, bardge.WithRef("order-1"))
				row.around(s)
				before := s.Executed(row.op)
				time.Sleep(later)
				r := s.recoverOne()
				assert.Equal(t, bardge.OutcomeUnknown, r.Outcome)
				assert.Contains(t, r.Evidence, row.evidence)
				assert.Equal(t, before, s.Executed(row.op))
			})
		})
	}
}

// A booking that was there before is not the orphan's.
func TestJ11_WhatWasMadeBeforeTheIntentDoesNotCount(t *testing.T) {
	withShop(t, func(t *testing.T, s *shop) {
		s.succeed(orderClass, s.another())
		s.succeed(buyCredits, s.another())
		time.Sleep(7 * time.Second)
		s.orphan(sandbox.BookClass, orderClass, false, bardge.WithRef("order-1"))
		s.orphan(sandbox.PurchaseCredits, buyCredits, false, bardge.WithRef("order-2"))
		time.Sleep(later)
		for _, r := range s.recover() {
			assert.Equal(t, bardge.OutcomeUnknown, r.Outcome)
		}
		assert.Equal(t, 1, s.Executed(sandbox.BookClass))
		assert.Equal(t, 1, s.Executed(sandbox.PurchaseCredits))
	})
}

// What the journal knows to be another operation's does not count, whichever way
// that one is known.
func TestJ11_WhatAnotherOperationMadeDoesNotCount(t *testing.T) {
	for op, do := range map[sandbox.Operation]order{
		sandbox.BookClass: orderClass, sandbox.PurchaseCredits: buyCredits, sandbox.UpdateIssuedPassExpiry: updateExpiry,
	} {
		for name, other := range map[string]func(s *shop){
			"done with a ref":    func(s *shop) { s.succeed(do, s.client, bardge.WithRef("order-2")) },
			"done without a ref": func(s *shop) { s.succeed(do, s.client) },
			"proven by reading":  func(s *shop) { s.orphan(op, do, true, bardge.WithRef("order-0")) },
		} {
			t.Run(string(op)+" "+name, func(t *testing.T) {
				withShop(t, func(t *testing.T, s *shop) {
					s.orphan(op, do, false, bardge.WithRef("order-1"))
					other(s)
					time.Sleep(later)
					all := s.recover()
					r := all[len(all)-1]
					assert.Equal(t, "order-1", r.Ref)
					assert.Equal(t, bardge.OutcomeUnknown, r.Outcome)
					assert.ErrorContains(t, r.Err, "another operation")
					assert.Equal(t, 1, s.Executed(op))
				})
			})
		}
	}
}

// spaAtClassTime books a spa for the time of the seed's class.
func spaAtClassTime(s *shop, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	_, resp, err := c.Bookings.BookSpa(s.t.Context(), bardge.BookSpaParams{
		ProviderID: s.Seed.SpaID, ServiceIDs: []string{s.Seed.FreeServiceID},
		Date: s.Seed.SlotDate, Time: "07:00", ClientID: s.Seed.ClientID,
	}, opts...)
	return resp, err
}
