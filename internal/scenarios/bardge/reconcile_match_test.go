package scenarios

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

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
		t.Run(name, sdktest.DurableTest(func(t *testing.T, s *sdktest.Sandbox) {
			s.LeaveOpen(row.op, row.do, row.executed, bardge.WithRef("order-1"))
			row.around(s)
			before := s.Executed(row.op)
			time.Sleep(later)
			r := s.RecoverOne()
			assert.Equal(t, bardge.OutcomeUnknown, r.Outcome)
			assert.Contains(t, r.Evidence, row.evidence)
			assert.Equal(t, before, s.Executed(row.op))
		}))
	}
}

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
			t.Run(string(op)+" "+name, sdktest.DurableTest(func(t *testing.T, s *sdktest.Sandbox) {
				s.LeaveOpen(op, do, false, bardge.WithRef("order-1"))
				other(s)
				time.Sleep(later)
				all := s.Recover()
				r := all[len(all)-1]
				assert.Equal(t, "order-1", r.Ref)
				assert.Equal(t, bardge.OutcomeUnknown, r.Outcome)
				assert.ErrorContains(t, r.Err, "another operation")
				assert.Equal(t, 1, s.Executed(op))
			}))
		}
	}
}

func spaAtClassTime(s *sdktest.Sandbox, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	_, resp, err := c.Bookings.BookSpa(s.T.Context(), bardge.BookSpaParams{
		ProviderID: s.Seed.SpaID, ServiceIDs: []string{s.Seed.FreeServiceID},
		Date: s.Seed.SlotDate, Time: "07:00", ClientID: s.Seed.ClientID,
	}, opts...)
	return resp, err
}

// One crash leaves two orders of one kind open, of which one was executed.
// Which one, reading does not show until the other is resolved.
func TestJ11_WhatAnotherOrphanMayHaveMadeProvesNothing(t *testing.T) {
	for op, do := range map[sandbox.Operation]sdktest.Order{
		sandbox.BookClass: orderClass, sandbox.PurchaseCredits: buyCredits, sandbox.UpdateIssuedPassExpiry: updateExpiry,
	} {
		t.Run(string(op), sdktest.DurableTest(func(t *testing.T, s *sdktest.Sandbox) {
			s.LeaveOpen(op, do, false, bardge.WithRef("order-1"))
			s.LeaveOpen(op, do, true, bardge.WithRef("order-2"))
			time.Sleep(later)
			all := s.Recover()
			require.Len(t, all, 2)
			for _, r := range all {
				assert.Equal(t, bardge.OutcomeUnknown, r.Outcome, r.Ref)
				assert.ErrorContains(t, r.Err, "another operation may have made")
			}
			time.Sleep(later)
			require.NoError(t, s.Client.Resolve(t.Context(), "order-1", bardge.NotExecuted()))
			r := s.RecoverOne()
			assert.Equal(t, "order-2", r.Ref)
			assert.Equal(t, bardge.OutcomeDone, r.Outcome)
			assert.Equal(t, 1, s.Executed(op))
		}))
	}
}

// A confirmation books too, and reading does not show for whom. The session is
// one that the journal does not know.
func TestJ11_ALostConfirmationMayHaveMadeTheBooking(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		open, _, err := s.NewClient().Bookings.BookClass(t.Context(), bardge.BookClassParams{ // not in the journal
			ClassInstanceID: s.Seed.LastPlaceInstanceID, ClientID: s.Seed.ClientID, UserPassID: s.Seed.UsedUpPassID,
		})
		require.NoError(t, err)
		confirm := func(s *sdktest.Sandbox, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
			_, resp, err := c.Bookings.ConfirmClass(s.T.Context(), open.SessionID, bardge.ConfirmClassParams{
				NumberOfVisits: 1, Duration: bardge.PassDurationMonthly,
			}, opts...)
			return resp, err
		}
		s.LeaveOpen(sandbox.BookClass, orderClass, true, bardge.WithRef("order-1"))
		s.LeaveOpen(sandbox.ConfirmClassBooking, confirm, false, bardge.WithRef("order-2"))
		time.Sleep(later)
		r := s.Recover()[0]
		assert.Equal(t, "order-1", r.Ref)
		assert.Equal(t, bardge.OutcomeUnknown, r.Outcome)
		assert.ErrorContains(t, r.Err, "another operation may have made")
	})
}

// The first order is done, and its response does not show what it made; the
// second never arrives.
func TestJ11_WhatADoneOperationMayHaveMadeProvesNothing(t *testing.T) {
	book := func(ctx context.Context, c *bardge.Client, opts ...bardge.CallOption) error {
		_, _, err := c.Bookings.BookClass(ctx, bardge.BookClassParams{ClassInstanceID: "ci_1", ClientID: "ada"}, opts...)
		return err
	}
	buy := func(ctx context.Context, c *bardge.Client, opts ...bardge.CallOption) error {
		_, _, err := c.Credits.Purchase(ctx, bardge.PurchaseCreditsParams{PackageID: "p1", ClientID: "ada"}, opts...)
		return err
	}
	answers := map[string]string{
		"/clients/ada/bookings": `{"data":[` + at("b1") + `]}`,
		"/classes":              `{"data":[` + yoga() + `]}`,
		"/classes/c1":           yoga(at("ci_1")),
		"/credit_packages":      `{"data":[{"id":"p1","name":"20 Pack","credits":20}]}`,
		"/clients/ada/credits": `{"balance":70,"transactions":[{"type":"CREDIT","amount":20,"description":"20 Pack",` +
			`"timestamp":946685401000}]}`,
	}
	for name, row := range map[string]struct {
		do    func(context.Context, *bardge.Client, ...bardge.CallOption) error
		first http.HandlerFunc
		apart time.Duration
		want  bardge.Outcome
	}{
		"a booking whose answer was cut":       {do: book, first: sdktest.Cut(201), want: bardge.OutcomeUnknown},
		"a booking that is a session":          {do: book, first: sdktest.Respond(200, `{"object":"class_booking_initiation","session_id":"s1"}`), want: bardge.OutcomeUnknown},
		"another booking":                      {do: book, first: sdktest.Respond(200, `{"object":"class_booking_initiation","booking_id":"b0"}`), want: bardge.OutcomeDone},
		"credits whose answer was cut":         {do: buy, first: sdktest.Cut(201), want: bardge.OutcomeUnknown},
		"credits whose answer tells little":    {do: buy, first: sdktest.Respond(200, `{"object":"credit_purchase","id":"cp_1"}`), want: bardge.OutcomeUnknown},
		"credits that were bought long before": {do: buy, first: sdktest.Respond(200, `{"object":"credit_purchase","id":"cp_1"}`), apart: 4 * time.Minute, want: bardge.OutcomeDone},
		"credits that were refused":            {do: buy, first: notFound, want: bardge.OutcomeDone},
		"a booking that was refused":           {do: book, first: notFound, want: bardge.OutcomeDone},
	} {
		t.Run(name, sdktest.BardgeTest(sdktest.Script{row.first, reads(answers)}, func(t *testing.T, s *sdktest.Bardge) {
			time.Sleep(10*time.Minute - row.apart)
			_ = row.do(t.Context(), s.Client, bardge.WithMaxAttempts(1))
			time.Sleep(row.apart)
			require.Error(t, row.do(t.Context(), s.Client, bardge.WithRef("order-2"), bardge.WithMaxAttempts(1)))
			time.Sleep(later)
			var r *bardge.RecoveryResult
			for one, err := range s.Client.Recover(t.Context()) {
				require.NoError(t, err)
				r = one
			}
			assert.Equal(t, "order-2", r.Ref)
			assert.Equal(t, row.want, r.Outcome, r.Evidence)
		}, bardge.WithJournal(journal.NewMemory(), "acme")))
	}
}

func TestJ11_AnExpiryWithMoreProvesNothing(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.Succeed(updateExpiry, s.NewClient())
		s.LeaveOpen(sandbox.UpdateIssuedPassExpiry, updateExpiry, false,
			bardge.WithRef("order-1"), bardge.WithExtraField("add_visits", 5))
		time.Sleep(later)
		r := s.RecoverOne()
		assert.Equal(t, bardge.OutcomeUnknown, r.Outcome)
		assert.Contains(t, r.Evidence, "does not show every requested change")
	})
}

func TestJ11_APurchaseOfAnotherPackageIsARival(t *testing.T) {
	answers := map[string]string{
		"/credit_packages":     `{"data":[{"id":"p1","name":"20 Pack","credits":20},{"id":"p2","name":"20 Pack Plus","credits":20}]}`,
		"/clients/ada/credits": `{"balance":70,"transactions":[{"type":"CREDIT","amount":20,"description":"20 Pack Plus","timestamp":946685401000}]}`,
	}
	sdktest.WithBardge(t, sdktest.Script{reads(answers)}, func(t *testing.T, s *sdktest.Bardge) {
		time.Sleep(10 * time.Minute)
		require.Error(t, buy("p2")(t.Context(), s.Client, bardge.WithMaxAttempts(1)))
		require.Error(t, buy("p1")(t.Context(), s.Client, bardge.WithRef("order-1"), bardge.WithMaxAttempts(1)))
		time.Sleep(later)
		for r, err := range s.Client.Recover(t.Context()) {
			require.NoError(t, err)
			assert.Equal(t, bardge.OutcomeUnknown, r.Outcome, r.Evidence)
		}
	}, bardge.WithJournal(journal.NewMemory(), "acme"))
}

func TestJ11_AnOrderOfAnotherInstanceIsNoRival(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.BookClass, orderClass, true, bardge.WithRef("order-1"))
		s.LeaveOpen(sandbox.BookClass, orderInstance(s.Seed.LastPlaceInstanceID), false, bardge.WithRef("order-2"))
		time.Sleep(later)
		assert.Equal(t, bardge.OutcomeDone, s.Recover()[0].Outcome)
	})
}
