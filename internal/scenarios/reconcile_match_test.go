package scenarios

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

// What is done within the orphan's own window, by whom and how.
func TestJ11_AMatchMustBeUnambiguous(t *testing.T) {
	rows := map[string]struct {
		op       sandbox.Operation
		do       sdktest.Order
		executed bool // the orphan
		around   func(s *sdktest.Sandbox)
		evidence string
	}{
		"the client has two bookings of the class": {
			op: sandbox.BookClass, do: orderClass, executed: true,
			around:   func(s *sdktest.Sandbox) { s.Succeed(orderClass, s.NewClient()) },
			evidence: "has 2 bookings of that time for class instance ci_yoga",
		},
		"the booking is of another instance": {
			op: sandbox.BookClass, do: orderClass,
			around:   func(s *sdktest.Sandbox) { s.Succeed(orderInstance(s.Seed.LastPlaceInstanceID), s.NewClient()) },
			evidence: "has 0 bookings of that time for class instance ci_yoga",
		},
		"the booking is of another class": {
			op: sandbox.BookClass, do: orderClass,
			around:   func(s *sdktest.Sandbox) { s.Succeed(orderInstance(s.Seed.CreditInstanceID), s.NewClient()) },
			evidence: "class instance ci_yoga is not unique",
		},
		"the booking is of another client": {
			op: sandbox.BookClass, do: orderClass,
			around: func(s *sdktest.Sandbox) {
				_, _, err := s.NewClient().Bookings.BookClass(s.T.Context(), bardge.BookClassParams{
					ClassInstanceID: s.Seed.ClassInstanceID, ClientID: s.Seed.PoorClientID,
				})
				require.NoError(s.T, err)
			},
			evidence: "client client_ada has no class booking of that time",
		},
		"the booking was made after the window": {
			op: sandbox.BookClass, do: orderClass,
			around: func(s *sdktest.Sandbox) {
				time.Sleep(2 * time.Minute)
				s.Succeed(orderClass, s.NewClient())
			},
			evidence: "client client_ada has no class booking of that time",
		},
		"a spa booking may be of a confirmation": {
			op: sandbox.BookSpa, do: orderSpa,
			around:   func(s *sdktest.Sandbox) { s.Succeed(confirmSpa, s.NewClient()) },
			evidence: "has booking booking_0001 for the slot, which may come from another request's confirmation",
		},
		"a booking of another slot, and a class at the slot's time": {
			op: sandbox.BookSpa, do: spaAtClassTime,
			around: func(s *sdktest.Sandbox) {
				s.Succeed(confirmSpa, s.NewClient())
				s.Succeed(orderClass, s.NewClient())
			},
			evidence: "client client_ada has no booking of that time for the slot",
		},
		"the client has two credits of the package": {
			op: sandbox.PurchaseCredits, do: buyCredits, executed: true,
			around:   func(s *sdktest.Sandbox) { s.Succeed(buyCredits, s.NewClient()) },
			evidence: "has 2 credits of that time",
		},
		"the credit is a refund": {
			op: sandbox.PurchaseCredits, do: buyCredits,
			around: func(s *sdktest.Sandbox) {
				booking, _, err := s.NewClient().Bookings.BookClass(s.T.Context(), bardge.BookClassParams{
					ClassInstanceID: s.Seed.CreditInstanceID, ClientID: s.Seed.ClientID,
				})
				require.NoError(s.T, err)
				_, _, err = s.NewClient().Bookings.Cancel(s.T.Context(), booking.BookingID)
				require.NoError(s.T, err)
			},
			evidence: "has 0 credits of that time",
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
				s.LeaveOpen(row.op, row.do, row.executed, bardge.WithRef("order-1"))
				row.around(s)
				before := s.Executed(row.op)
				time.Sleep(later)
				r := s.RecoverOne()
				assert.Equal(t, bardge.OutcomeUnknown, r.Outcome)
				assert.Contains(t, r.Evidence, row.evidence)
				assert.Equal(t, before, s.Executed(row.op))
			})
		})
	}
}

// A booking that was there before is not the orphan's.
func TestJ11_WhatWasMadeBeforeTheIntentDoesNotCount(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.Succeed(orderClass, s.NewClient())
		s.Succeed(buyCredits, s.NewClient())
		time.Sleep(7 * time.Second)
		s.LeaveOpen(sandbox.BookClass, orderClass, false, bardge.WithRef("order-1"))
		s.LeaveOpen(sandbox.PurchaseCredits, buyCredits, false, bardge.WithRef("order-2"))
		time.Sleep(later)
		for _, r := range s.Recover() {
			assert.Equal(t, bardge.OutcomeUnknown, r.Outcome)
		}
		assert.Equal(t, 1, s.Executed(sandbox.BookClass))
		assert.Equal(t, 1, s.Executed(sandbox.PurchaseCredits))
	})
}

// What the journal knows to be another operation's does not count, whichever
// way that one is known.
func TestJ11_WhatAnotherOperationMadeDoesNotCount(t *testing.T) {
	for op, do := range map[sandbox.Operation]sdktest.Order{
		sandbox.BookClass: orderClass, sandbox.PurchaseCredits: buyCredits, sandbox.UpdateIssuedPassExpiry: updateExpiry,
	} {
		for name, other := range map[string]func(s *sdktest.Sandbox){
			"done with a ref":    func(s *sdktest.Sandbox) { s.Succeed(do, s.Client, bardge.WithRef("order-2")) },
			"done without a ref": func(s *sdktest.Sandbox) { s.Succeed(do, s.Client) },
			"proven by reading":  func(s *sdktest.Sandbox) { s.LeaveOpen(op, do, true, bardge.WithRef("order-0")) },
		} {
			t.Run(string(op)+" "+name, func(t *testing.T) {
				sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
					s.LeaveOpen(op, do, false, bardge.WithRef("order-1"))
					other(s)
					time.Sleep(later)
					all := s.Recover()
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
func spaAtClassTime(s *sdktest.Sandbox, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	_, resp, err := c.Bookings.BookSpa(s.T.Context(), bardge.BookSpaParams{
		ProviderID: s.Seed.SpaID, ServiceIDs: []string{s.Seed.FreeServiceID},
		Date: s.Seed.SlotDate, Time: "07:00", ClientID: s.Seed.ClientID,
	}, opts...)
	return resp, err
}
