package scenarios

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/reconcile"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

const later = 5 * time.Minute

// noted is why reading cannot prove each operation, or what proves it.
var noted = map[sandbox.Operation]struct {
	executed, not string // evidence
	proven        bool
}{
	sandbox.IssuePass:        {executed: "client client_ada shows no issued passes"},
	sandbox.UpdateIssuedPass: {executed: "has the requested package pass_trial, perhaps from before", not: "has package pass_premium, not pass_trial"},
	sandbox.UpdateIssuedPassExpiry: {
		executed: "issued pass brgpass_ada ends at the requested time", not: "ends at another time", proven: true,
	},
	sandbox.GenerateAccessCode: {executed: "shows an access code once"},
	sandbox.BookClass: {
		executed: "booking booking_0001 of client client_ada is for class instance ci_yoga", not: "no class booking of that time",
		proven: true,
	},
	sandbox.ConfirmClassBooking: {executed: "whose session"},
	sandbox.BookSpa:             {executed: "an open session is not shown"},
	sandbox.ConfirmSpaBooking:   {executed: "whose session"},
	sandbox.PurchaseCopay:       {executed: "has no list of co-pay purchases"},
	sandbox.PurchaseGymCopay:    {executed: "has no list of co-pay purchases"},
	sandbox.PurchaseSpaCopay:    {executed: "has no list of co-pay purchases"},
	sandbox.PurchaseCredits: {
		executed: "client client_ada has one credit of that time from package credits_50",
		not:      "client client_ada has 0 credits of that time", proven: true,
	},
	sandbox.InitiateLookup: {executed: "has no list of lookups"},
	sandbox.VerifyLookup:   {executed: "shows a lookup token once"},

	sandbox.RescheduleBooking: {executed: "does not show which booking replaced another"},
	sandbox.ConfirmAccessCode: {executed: "shows an access code once"},
}

func TestJ11_AfterTheWindowReadingProvesDoneNeverTheOpposite(t *testing.T) {
	for op, do := range mutations {
		for name, executed := range map[string]bool{"executed": true, "not executed": false} {
			t.Run(string(op)+" "+name, sdktest.DurableTestOf(op, func(t *testing.T, s *sdktest.Sandbox) {
				s.LeaveOpen(op, do, executed, bardge.WithRef("order-1"))
				time.Sleep(later)
				r := s.RecoverOne()
				evidence := noted[op].executed
				if !executed && noted[op].not != "" {
					evidence = noted[op].not
				}
				assert.Contains(t, r.Evidence, evidence)
				if executed && noted[op].proven {
					require.NoError(t, r.Err)
					assert.Equal(t, bardge.OutcomeDone, r.Outcome)
					assert.True(t, r.Response.Recovered)
					assert.Empty(t, s.Recover())
				} else {
					assert.Equal(t, bardge.OutcomeUnknown, r.Outcome)
					keyed := op.Operation().Class == gen.RetryClassKeyed
					assert.Equal(t, keyed, errors.Is(r.Err, bardge.ErrKeyExpired), r.Err)
					assert.Equal(t, !keyed, strings.Contains(r.Err.Error(), "no key protects a repetition"), r.Err)
					assert.Empty(t, s.Recover(), "J15: not at once")
					time.Sleep(time.Minute)
					assert.Len(t, s.Recover(), 1, "it stays open")
				}
				assert.Equal(t, 1, s.Requests(op), "nothing is sent again")
				assert.Equal(t, map[bool]int{true: 1}[executed], s.Executed(op))
			}))
		}
	}
}

func TestJ11_EachOperationCanBeReconciledOrHasAReason(t *testing.T) {
	for _, op := range gen.Operations() {
		r, err := reconcile.Operation{Name: string(op.ID), Since: time.Now()}.Reconcile(t.Context())
		require.NoError(t, err)
		needed := op.Class == gen.RetryClassKeyed || op.Class == gen.RetryClassKeyUnverified
		assert.Equal(t, needed, r.Evidence != "", op.ID)
	}
}

func TestJ11_AProvenOperationHasItsValueInTheJournal(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.BookClass, orderClass, true, bardge.WithRef("order-1"))
		s.LeaveOpen(sandbox.UpdateIssuedPassExpiry, updateExpiry, true, bardge.WithRef("order-2"))
		s.LeaveOpen(sandbox.PurchaseCredits, buyCredits, true, bardge.WithRef("order-3"))
		time.Sleep(later)
		require.Len(t, s.Recover(), 3)

		booking, resp, err := s.Client.Bookings.BookClass(t.Context(), bardge.BookClassParams{
			ClassInstanceID: s.Seed.ClassInstanceID, ClientID: s.Seed.ClientID,
		}, bardge.WithRef("order-1"))
		require.NoError(t, err)
		assert.True(t, resp.FromJournal)
		assert.Equal(t, bardge.ClassBooked, booking.Ending())
		assert.Equal(t, "booking_0001", booking.BookingID)
		assert.Equal(t, "07:00", booking.Time)

		pass, _, err := s.Client.IssuedPasses.UpdateExpiry(t.Context(), s.Seed.IssuedPassID,
			bardge.UpdateIssuedPassExpiryParams{ExpiresAt: sdktest.Expiry}, bardge.WithRef("order-2"))
		require.NoError(t, err)
		assert.True(t, pass.ExpiresAt.Equal(sdktest.Expiry))

		credits, _, err := s.Client.Credits.Purchase(t.Context(), bardge.PurchaseCreditsParams{
			ClientID: s.Seed.ClientID, PackageID: s.Seed.CreditPackageID,
		}, bardge.WithRef("order-3"))
		require.NoError(t, err)
		assert.Equal(t, json.Number("50"), credits.Credits)
		assert.Empty(t, credits.ID, "a statement of credits does not tell it")
		for _, op := range []sandbox.Operation{sandbox.BookClass, sandbox.UpdateIssuedPassExpiry, sandbox.PurchaseCredits} {
			assert.Equal(t, 1, s.Executed(op))
			assert.Equal(t, 1, s.Requests(op))
		}
	})
}

// Two windows long another operation may still turn out to have made what is
// found.
func TestJ11_TheDefaultReconcilersAreNotHasty(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.BookClass, orderClass, false, bardge.WithRef("order-1"))
		time.Sleep(80 * time.Second)
		s.LeaveOpen(sandbox.BookClass, orderClass, true, bardge.WithRef("order-2"))
		time.Sleep(5 * time.Second)
		both := s.Recover()
		require.Len(t, both, 2)
		assert.Contains(t, both[0].Evidence, "too early")
		assert.Equal(t, bardge.OutcomeDone, both[1].Outcome, "order-2 was inside its window")
		time.Sleep(110 * time.Second)
		assert.Contains(t, s.RecoverOne().Evidence, "too early", "195 s after the intent")
		time.Sleep(later)
		r := s.RecoverOne()
		assert.Equal(t, "order-1", r.Ref)
		assert.Equal(t, bardge.OutcomeUnknown, r.Outcome)
		assert.Equal(t, 1, s.Executed(sandbox.BookClass))
	})
}

func TestJ11_AReadingThatFailsProvesNothing(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.BookClass, orderClass, true, bardge.WithRef("order-1"))
		time.Sleep(later)
		for _, read := range []sandbox.Operation{sandbox.ListClientBookings, sandbox.ListClasses, sandbox.GetClass} {
			s.Next(read, sandbox.ServerErrorBefore(501))
			r := s.RecoverOne()
			assert.Equal(t, bardge.OutcomeUnknown, r.Outcome, read)
			assert.ErrorIs(t, r.Err, bardge.ErrKeyExpired)
			assert.ErrorContains(t, r.Err, "reading did not show the outcome")
			time.Sleep(5 * time.Minute)
		}
		assert.Equal(t, bardge.OutcomeDone, s.RecoverOne().Outcome, "it can be asked again")
		assert.Equal(t, 1, s.Executed(sandbox.BookClass))
	})
}

func TestJ11_ReadingSendsTheCallsOwnHeaders(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		lookup, _, err := s.Client.Lookups.Initiate(t.Context(), bardge.InitiateLookupParams{
			IssuerID: s.Seed.IssuerID, ClientID: s.Seed.OtherClientID,
		})
		require.NoError(t, err)
		verified, _, err := s.Client.Lookups.Verify(t.Context(), lookup.ID, bardge.VerifyLookupParams{
			AccessCode: bardge.Secret(s.Seed.OtherAccessCode),
		})
		require.NoError(t, err)
		other := func(s *sdktest.Sandbox, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
			_, resp, err := c.Bookings.BookClass(s.T.Context(), bardge.BookClassParams{
				ClassInstanceID: s.Seed.ClassInstanceID, ClientID: s.Seed.OtherClientID,
			}, opts...)
			return resp, err
		}
		s.LeaveOpen(sandbox.BookClass, other, true, bardge.WithRef("order-1"), bardge.WithLookupToken(verified.Token))
		time.Sleep(later)
		assert.Equal(t, bardge.OutcomeDone, s.RecoverOne().Outcome)
		assert.Equal(t, 1, s.Executed(sandbox.BookClass))
	})
}

type laneReader struct {
	http.RoundTripper
	t     *testing.T
	paths []string
}

func (l *laneReader) RoundTrip(r *http.Request) (*http.Response, error) {
	l.paths = append(l.paths, r.URL.Path)
	assert.Equal(l.t, "3", r.Header.Get("X-Lane"), r.URL.Path)
	return l.RoundTripper.RoundTrip(r)
}

func TestJ11_EachReadingSendsTheCallsOwnHeaders(t *testing.T) {
	for op, readings := range map[sandbox.Operation]int{
		sandbox.BookClass: 3, sandbox.BookSpa: 1, sandbox.PurchaseCredits: 2,
		sandbox.IssuePass: 1, sandbox.UpdateIssuedPass: 1, sandbox.UpdateIssuedPassExpiry: 1,
	} {
		t.Run(string(op), sdktest.DurableTest(func(t *testing.T, s *sdktest.Sandbox) {
			s.LeaveOpen(op, mutations[op], true, bardge.WithRef("order-1"), bardge.WithHeader("X-Lane", "3"))
			time.Sleep(later)
			lane := &laneReader{RoundTripper: s.Sandbox.Client().Transport, t: t}
			s.RecoverOne(bardge.WithHTTPClient(&http.Client{Transport: lane}))
			assert.Len(t, lane.paths, readings)
		}))
	}
}

func TestJ11_EveryReadingMayFail(t *testing.T) {
	for read, op := range map[sandbox.Operation]sandbox.Operation{
		sandbox.ListCreditPackages: sandbox.PurchaseCredits, sandbox.GetClientCredits: sandbox.PurchaseCredits,
		sandbox.GetIssuedPass: sandbox.UpdateIssuedPassExpiry, sandbox.GetClient: sandbox.IssuePass,
	} {
		sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
			s.LeaveOpen(op, mutations[op], true, bardge.WithRef("order-1"))
			time.Sleep(later)
			s.Next(read, sandbox.ServerErrorBefore(501))
			r := s.RecoverOne()
			assert.Equal(t, bardge.OutcomeUnknown, r.Outcome, read)
			assert.ErrorContains(t, r.Err, "reading did not show the outcome")
		})
	}
}
