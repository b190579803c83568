package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
)

// verify turns an access code into a token.
func (g *rig) verify(lookupID, code string) reply {
	g.Helper()
	return g.send(gen.NewVerifyLookupRequest(lookupID, gen.VerifyLookupParams{AccessCode: code}))
}

func (g *rig) token() string {
	g.Helper()
	started := read[gen.Lookup](g.send(g.lookUp()))
	return read[gen.VerifiedLookup](g.verify(started.ID, g.Seed.OtherAccessCode)).Token
}

func TestLookupTokenUnlocksTheClient(t *testing.T) {
	inBubble(t, func(g *rig) {
		get, err := gen.NewGetClientRequest(g.Seed.OtherClientID)
		shown := g.send(get, err).refused(http.StatusForbidden, gen.ErrorCodePermissionDenied)
		assert.Equal(t, gen.ErrorTypePermissionError, shown.Type)

		unlocked := g.with(tokenHeader, g.token())
		assert.Equal(t, "Chi", read[gen.ClientProfile](unlocked.send(get, err)).FirstName)
		booked := read[gen.ClassBooking](unlocked.send(gen.NewBookClassRequest(gen.BookClassParams{
			ClassInstanceID: g.Seed.ClassInstanceID, ClientID: g.Seed.OtherClientID,
		})))
		read[gen.Booking](g.send(gen.NewGetBookingStatusRequest(booked.BookingID)))
		read[gen.Booking](g.send(gen.NewCancelBookingRequest(booked.BookingID)))
		read[gen.AccessCode](unlocked.send(gen.NewGenerateAccessCodeRequest(
			gen.GenerateAccessCodeParams{ClientID: g.Seed.OtherClientID})))
	})
}

func TestLookupTokenIsForOneClient(t *testing.T) {
	inBubble(t, func(g *rig) {
		token := g.token()
		theirs := g.with("Authorization", "Bearer "+g.Seed.OtherAPIKey)
		for _, r := range []reply{
			g.with(tokenHeader, "lkpt_none").send(gen.NewGetClientRequest(g.Seed.OtherClientID)),
			theirs.with(tokenHeader, token).send(gen.NewGetClientRequest(g.Seed.ClientID)),
		} {
			r.refused(http.StatusForbidden, gen.ErrorCodePermissionDenied)
		}
		time.Sleep(31 * 24 * time.Hour)
		g.with(tokenHeader, token).send(gen.NewGetClientRequest(g.Seed.OtherClientID)).
			refused(http.StatusForbidden, gen.ErrorCodePermissionDenied)
	})
}

func TestLookupGivesItsTokenOnce(t *testing.T) {
	inBubble(t, func(g *rig) {
		started := read[gen.Lookup](g.send(g.lookUp()))
		g.verify(started.ID, "000000").refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
		first := g.key("k").verify(started.ID, g.Seed.OtherAccessCode)
		require.NotEmpty(t, read[gen.VerifiedLookup](first).Token)
		second := g.key("k").verify(started.ID, g.Seed.OtherAccessCode)
		second.refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
		assert.False(t, second.replayed(), "lookups ignore keys")
	})
}

func TestLookupRefusals(t *testing.T) {
	inBubble(t, func(g *rig) {
		started := read[gen.Lookup](g.send(g.lookUp()))
		theirs := g.with("Authorization", "Bearer "+g.Seed.OtherAPIKey)
		notFound := []reply{
			g.verify("lookup_none", g.Seed.OtherAccessCode),
			theirs.verify(started.ID, g.Seed.OtherAccessCode),
			g.send(gen.NewInitiateLookupRequest(gen.InitiateLookupParams{IssuerID: "none", ClientID: "x"})),
			g.send(gen.NewInitiateLookupRequest(gen.InitiateLookupParams{
				IssuerID: g.Seed.IssuerID, ClientID: g.Seed.ClientID,
			})),
			g.send(gen.NewGetClientRequest("client_none")),
			g.send(gen.NewGetClientCreditsRequest("client_none")),
		}
		time.Sleep(time.Until(started.ExpiresAt.Time))
		notFound = append(notFound, g.verify(started.ID, g.Seed.OtherAccessCode))
		for _, r := range notFound {
			r.refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
		}
	})
}

func TestResellersHaveClientsOfTheirOwn(t *testing.T) {
	inBubble(t, func(g *rig) {
		mine := read[gen.IssuedPass](g.send(gen.NewIssuePassRequest(gen.IssuePassParams{
			ClientID: g.Seed.OtherClientID, PassID: g.Seed.PassID, FirstName: "Chidi",
		})))
		assert.Equal(t, "Chidi", read[gen.ClientProfile](g.send(gen.NewGetClientRequest(mine.ClientID))).FirstName)
		theirs := g.with("Authorization", "Bearer "+g.Seed.OtherAPIKey)
		assert.Equal(t, "Chi", read[gen.ClientProfile](theirs.send(gen.NewGetClientRequest(mine.ClientID))).FirstName)
	})
}
