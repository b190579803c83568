package sandbox_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
	"github.com/bardge/bardge-go/sandbox"
)

// step prepares what a request needs and returns the request.
type step func(g *rig) (gen.Request, error)

// happyPaths holds a request for each operation that succeeds.
func happyPaths() map[sandbox.Operation]step {
	return map[sandbox.Operation]step{
		sandbox.ListPasses: func(*rig) (gen.Request, error) { return gen.NewListPassesRequest(gen.ListPassesParams{}) },
		sandbox.IssuePass:  (*rig).issue,
		sandbox.UpdateIssuedPass: func(g *rig) (gen.Request, error) {
			return gen.NewUpdateIssuedPassRequest(gen.UpdateIssuedPassParams{UserPassID: g.Seed.IssuedPassID})
		},
		sandbox.UpdateIssuedPassExpiry: func(g *rig) (gen.Request, error) {
			until := wire.Millis{Time: time.Now().AddDate(1, 0, 0)}
			return gen.NewUpdateIssuedPassExpiryRequest(
				g.Seed.IssuedPassID, gen.UpdateIssuedPassExpiryParams{ExpiresAt: until})
		},
		sandbox.GetIssuedPass: func(g *rig) (gen.Request, error) {
			return gen.NewGetIssuedPassRequest(g.Seed.IssuedPassID)
		},
		sandbox.ListProviders: func(*rig) (gen.Request, error) {
			return gen.NewListProvidersRequest(gen.ListProvidersParams{})
		},
		sandbox.ListPassProviders: func(g *rig) (gen.Request, error) {
			return gen.NewListPassProvidersRequest(g.Seed.PassID, gen.ListPassProvidersParams{})
		},
		sandbox.GenerateAccessCode: func(g *rig) (gen.Request, error) {
			return gen.NewGenerateAccessCodeRequest(gen.GenerateAccessCodeParams{ClientID: g.Seed.ClientID})
		},
		sandbox.ListClassCategories: func(*rig) (gen.Request, error) { return gen.NewListClassCategoriesRequest() },
		sandbox.ListClasses: func(*rig) (gen.Request, error) {
			return gen.NewListClassesRequest(gen.ListClassesParams{})
		},
		sandbox.GetClass:            func(g *rig) (gen.Request, error) { return gen.NewGetClassRequest(g.Seed.ClassID) },
		sandbox.BookClass:           func(g *rig) (gen.Request, error) { return g.book(g.Seed.ClassInstanceID) },
		sandbox.ConfirmClassBooking: confirmClass,
		sandbox.BookSpa:             (*rig).bookSpa,
		sandbox.ConfirmSpaBooking: func(g *rig) (gen.Request, error) {
			return gen.NewConfirmSpaBookingRequest(read[gen.SpaBooking](g.send(g.bookSpa())).SessionID)
		},
		sandbox.ListClientBookings: func(g *rig) (gen.Request, error) {
			return gen.NewListClientBookingsRequest(g.Seed.ClientID, gen.ListClientBookingsParams{})
		},
		sandbox.GetBookingStatus: func(g *rig) (gen.Request, error) { return gen.NewGetBookingStatusRequest(g.booked()) },
		sandbox.CancelBooking:    func(g *rig) (gen.Request, error) { return gen.NewCancelBookingRequest(g.booked()) },
		sandbox.ListGymCopayOptions: func(g *rig) (gen.Request, error) {
			return gen.NewListGymCopayOptionsRequest(g.Seed.GymID, gen.ListGymCopayOptionsParams{})
		},
		sandbox.QuoteSpaCopay: (*rig).quote,
		sandbox.PurchaseCopay: func(g *rig) (gen.Request, error) {
			return gen.NewPurchaseCopayRequest(gen.PurchaseCopayParams{
				ClientID: g.Seed.ClientID, ProviderID: g.Seed.GymID, CopayPackageID: g.Seed.CopayPackageID,
			})
		},
		sandbox.PurchaseGymCopay: func(g *rig) (gen.Request, error) {
			return gen.NewPurchaseGymCopayRequest(gen.PurchaseGymCopayParams{
				ClientID: g.Seed.ClientID, ProviderID: g.Seed.GymID, CopayPackageID: g.Seed.CopayPackageID,
			})
		},
		sandbox.PurchaseSpaCopay: func(g *rig) (gen.Request, error) {
			return gen.NewPurchaseSpaCopayRequest(gen.PurchaseSpaCopayParams{
				ClientID: g.Seed.ClientID, ProviderID: g.Seed.SpaID, QuoteID: read[gen.SpaCopayQuote](g.send(g.quote())).ID,
			})
		},
		sandbox.PurchaseCredits: func(g *rig) (gen.Request, error) {
			return gen.NewPurchaseCreditsRequest(gen.PurchaseCreditsParams{
				ClientID: g.Seed.ClientID, PackageID: g.Seed.CreditPackageID,
			})
		},
		sandbox.ListCreditPackages: func(*rig) (gen.Request, error) {
			return gen.NewListCreditPackagesRequest(gen.ListCreditPackagesParams{})
		},
		sandbox.ListIssuers: func(*rig) (gen.Request, error) {
			return gen.NewListIssuersRequest(gen.ListIssuersParams{})
		},
		sandbox.InitiateLookup: (*rig).lookUp,
		sandbox.VerifyLookup: func(g *rig) (gen.Request, error) {
			return gen.NewVerifyLookupRequest(read[gen.Lookup](g.send(g.lookUp())).ID,
				gen.VerifyLookupParams{AccessCode: g.Seed.OtherAccessCode})
		},
		sandbox.GetClient: func(g *rig) (gen.Request, error) { return gen.NewGetClientRequest(g.Seed.ClientID) },
		sandbox.GetClientCredits: func(g *rig) (gen.Request, error) {
			return gen.NewGetClientCreditsRequest(g.Seed.ClientID)
		},
		sandbox.RescheduleBooking: func(g *rig) (gen.Request, error) { return g.move(g.booked()) },
		sandbox.ConfirmAccessCode: func(g *rig) (gen.Request, error) { return g.confirmCode(g.openVisit().SessionID) },
		sandbox.ListProviderServices: func(g *rig) (gen.Request, error) {
			return gen.NewListProviderServicesRequest(g.Seed.SpaID, gen.ListProviderServicesParams{})
		},
		sandbox.GetProviderAvailability: func(g *rig) (gen.Request, error) { return g.availability(g.Seed.SpaID) },
	}
}

func confirmClass(g *rig) (gen.Request, error) {
	open := read[gen.ClassBooking](g.send(gen.NewBookClassRequest(gen.BookClassParams{
		ClassInstanceID: g.Seed.ClassInstanceID, ClientID: g.Seed.ClientID, UserPassID: g.Seed.UsedUpPassID,
	})))
	return gen.NewConfirmClassBookingRequest(open.SessionID, gen.ConfirmClassParams{
		NumberOfVisits: 5, Duration: gen.PassDurationAnnually, CopayPackageID: "copay_abc123",
	})
}

func (g *rig) booked() string {
	id := read[gen.ClassBooking](g.send(g.book(g.Seed.ClassInstanceID))).BookingID
	require.NotEmpty(g, id)
	return id
}

func (g *rig) bookSpa() (gen.Request, error) {
	return gen.NewBookSpaRequest(gen.BookSpaParams{
		ProviderID: g.Seed.SpaID, ServiceIDs: []string{g.Seed.ServiceID}, Date: g.Seed.SlotDate, Time: g.Seed.SlotTime,
		ClientID: g.Seed.ClientID,
	})
}

func (g *rig) quote() (gen.Request, error) {
	return gen.NewQuoteSpaCopayRequest(g.Seed.SpaID, gen.QuoteSpaCopayParams{
		ClientID: g.Seed.ClientID, ServiceIDs: []string{g.Seed.ServiceID},
	})
}

func (g *rig) lookUp() (gen.Request, error) {
	return gen.NewInitiateLookupRequest(gen.InitiateLookupParams{
		IssuerID: g.Seed.IssuerID, ClientID: g.Seed.OtherClientID,
	})
}

// eachOperation runs f for every operation, each in a bubble of its own.
func eachOperation(t *testing.T, f func(g *rig, op gen.Operation, prepare step)) {
	t.Helper()
	paths := happyPaths()
	for _, op := range gen.Operations() {
		t.Run(string(op.ID), func(t *testing.T) {
			require.Contains(t, paths, op.ID)
			inBubble(t, func(g *rig) { f(g, op, paths[op.ID]) }, sandbox.WithPreview())
		})
	}
}

func TestEveryOperationSucceeds(t *testing.T) {
	eachOperation(t, func(g *rig, op gen.Operation, prepare step) {
		r := g.send(prepare(g))
		shown := *read[map[string]any](r)
		assert.Contains(g, op.SuccessStatuses, r.status)
		if op.ID != sandbox.GetClientCredits { // the vendor's example has no type tag
			assert.NotEmpty(g, shown["object"])
		}
		assert.NotContains(g, shown, "error")
		assert.Equal(g, 1, g.Executed(op.ID))
		entries := g.Ledger()
		last := entries[len(entries)-1]
		assert.Equal(g, r.header.Get(idHeader), last.RequestID)
		assert.Equal(g, r.status, last.Status)
		if !op.Paged && op.ID != sandbox.ListClassCategories {
			assert.NotEmpty(g, last.Resource)
		}
	})
}

func TestEveryOperationNeedsTheAPIKey(t *testing.T) {
	eachOperation(t, func(g *rig, op gen.Operation, prepare step) {
		request, err := prepare(g)
		shown := g.with("Authorization", "Bearer wrong").send(request, err).
			refused(http.StatusUnauthorized, gen.ErrorCodeInvalidAPIKey)
		assert.Equal(g, gen.ErrorTypeAuthenticationError, shown.Type)
		assert.Zero(g, g.Executed(op.ID))
	})
}

func TestIdempotency_OnlyKeyedOperationsHonourKeys(t *testing.T) {
	eachOperation(t, func(g *rig, op gen.Operation, prepare step) {
		request, err := prepare(g)
		first := g.key("k").send(request, err)
		second := g.key("k").send(request, err)
		require.NoError(g, first.err)
		assert.Equal(g, op.Class == gen.RetryClassKeyed, second.replayed())
		if second.replayed() {
			assert.Equal(g, 1, g.Executed(op.ID))
			assert.Equal(g, string(first.body), string(second.body))
		}
	})
}

func TestLostAnswersOfMutationsAreExecuted(t *testing.T) {
	eachOperation(t, func(g *rig, op gen.Operation, prepare step) {
		request, err := prepare(g)
		g.Next(op.ID, sandbox.LoseResponse)
		lost := g.key("k").send(request, err)
		require.ErrorIs(g, lost.err, syscall.ECONNRESET)
		assert.Equal(g, 1, g.Executed(op.ID))
		again := g.key("k").send(request, err)
		switch op.Class {
		case gen.RetryClassKeyed:
			assert.True(g, again.replayed())
			assert.Equal(g, 1, g.Executed(op.ID))
		case gen.RetryClassIdempotent:
			again.refused(http.StatusConflict, gen.ErrorCodeAlreadyCancelled)
			assert.Equal(g, 1, g.Executed(op.ID))
		default:
			assert.False(g, again.replayed())
			if op.ID == sandbox.VerifyLookup || op.ID == sandbox.ConfirmAccessCode { // what was sent once is lost
				again.refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
				break
			}
			assert.Equal(g, 2, g.Executed(op.ID))
		}
	})
}

func TestRequiredFieldsAreNamed(t *testing.T) {
	for op, fields := range map[sandbox.Operation][]string{
		sandbox.IssuePass:              {"client_id", "pass_id"},
		sandbox.UpdateIssuedPass:       {"user_pass_id"},
		sandbox.UpdateIssuedPassExpiry: {"expires_at"},
		sandbox.GenerateAccessCode:     {"client_id"},
		sandbox.BookClass:              {"class_instance_id", "client_id"},
		sandbox.ConfirmClassBooking:    {"number_of_visits", "duration"},
		sandbox.BookSpa:                {"provider_id", "service_ids", "date", "time", "client_id"},
		sandbox.QuoteSpaCopay:          {"client_id", "service_ids"},
		sandbox.PurchaseCopay:          {"client_id", "provider_id", "copay_package_id"},
		sandbox.PurchaseGymCopay:       {"client_id", "provider_id", "copay_package_id"},
		sandbox.PurchaseSpaCopay:       {"client_id", "provider_id", "quote_id"},
		sandbox.PurchaseCredits:        {"client_id", "package_id"},
		sandbox.InitiateLookup:         {"issuer_id", "client_id"},
		sandbox.VerifyLookup:           {"access_code"},
	} {
		t.Run(string(op), bubbleTest(func(g *rig) {
			request, err := happyPaths()[op](g)
			for _, name := range fields {
				var body map[string]any
				require.NoError(t, json.Unmarshal(request.Body, &body))
				delete(body, name)
				lacking := request
				lacking.Body, _ = json.Marshal(body)
				shown := g.send(lacking, err).refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
				assert.Equal(t, gen.ErrorTypeInvalidRequestError, shown.Type)
				assert.True(t, strings.HasPrefix(shown.Message, name+" "), shown.Message)
			}
			assert.Zero(t, g.Executed(op))
		}))
	}
}
