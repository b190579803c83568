package sandbox_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
	"github.com/bardge/bardge-go/sandbox"
)

func TestIssuedPassCanBeReadAndBookedWith(t *testing.T) {
	inBubble(t, func(g *rig) {
		issued := read[gen.IssuedPass](g.send(gen.NewIssuePassRequest(gen.IssuePassParams{
			ClientID: "client_new", PassID: g.Seed.PassID, FirstName: "Dayo", Email: "dayo@example.com",
		})))
		assert.Equal(t, "brgpass_0001", issued.ID)
		assert.NotEmpty(t, issued.Passcode)
		assert.Equal(t, gen.IssuedPassActive, issued.Status)
		assert.Equal(t, "Premium Wellness Pass", issued.PassName)
		assert.Equal(t, time.Now().AddDate(0, 1, 0).UTC(), issued.ExpiresAt.Time)

		again := read[gen.IssuedPass](g.send(gen.NewGetIssuedPassRequest(issued.ID)))
		again.Message = issued.Message
		assert.Equal(t, issued, again)
		client := read[gen.ClientProfile](g.send(gen.NewGetClientRequest("client_new")))
		assert.Equal(t, "Dayo", client.FirstName)
		assert.Equal(t, "dayo@example.com", client.Email)
		booked := read[gen.ClassBooking](g.send(gen.NewBookClassRequest(gen.BookClassParams{
			ClassInstanceID: g.Seed.ClassInstanceID, ClientID: "client_new", UserPassID: issued.ID,
		})))
		assert.NotEmpty(t, booked.BookingID)
	})
}

func TestPassTimesAreMilliseconds(t *testing.T) {
	inBubble(t, func(g *rig) {
		var shown map[string]any
		require.NoError(t, json.Unmarshal(g.send(g.issue()).body, &shown))
		now := float64(time.Now().UnixMilli())
		assert.InDelta(t, now, shown["created"], 0)
		assert.InDelta(t, now, shown["start_date"], 0)
		assert.InDelta(t, float64(time.Now().AddDate(0, 1, 0).UnixMilli()), shown["expires_at"], 0)
	})
}

func TestPassDepletes(t *testing.T) {
	inBubble(t, func(g *rig) {
		pass := read[gen.IssuedPass](g.send(gen.NewIssuePassRequest(
			gen.IssuePassParams{ClientID: g.Seed.ClientID, PassID: g.Seed.TrialPassID})))
		book := func() *gen.ClassBooking {
			return read[gen.ClassBooking](g.send(gen.NewBookClassRequest(gen.BookClassParams{
				ClassInstanceID: g.Seed.ClassInstanceID, ClientID: g.Seed.ClientID, UserPassID: pass.ID,
			})))
		}
		first := book()
		assert.NotEmpty(t, first.BookingID)
		assert.Equal(t, 1, first.VisitsDeducted)
		assert.Equal(t, gen.IssuedPassExpired,
			read[gen.IssuedPass](g.send(gen.NewGetIssuedPassRequest(pass.ID))).Status, "all visits are used up")
		assert.True(t, book().AdditionalVisitsRequired)

		read[gen.Booking](g.send(gen.NewCancelBookingRequest(first.BookingID)))
		assert.NotEmpty(t, book().BookingID, "a cancellation gives the visit back")
	})
}

func TestUnlimitedPassDoesNotDeplete(t *testing.T) {
	inBubble(t, func(g *rig) {
		pass := read[gen.IssuedPass](g.send(gen.NewIssuePassRequest(
			gen.IssuePassParams{ClientID: g.Seed.ClientID, PassID: g.Seed.UnlimitedPassID})))
		assert.Equal(t, time.Now().AddDate(1, 0, 0).UTC(), pass.ExpiresAt.Time, "billed by the year")
		for range 15 {
			booked := read[gen.ClassBooking](g.send(gen.NewBookClassRequest(gen.BookClassParams{
				ClassInstanceID: g.Seed.ClassInstanceID, ClientID: g.Seed.ClientID, UserPassID: pass.ID,
			})))
			assert.NotEmpty(t, booked.BookingID)
		}
		assert.Equal(t, gen.IssuedPassActive,
			read[gen.IssuedPass](g.send(gen.NewGetIssuedPassRequest(pass.ID))).Status)
	})
}

func TestPassExpiry(t *testing.T) {
	inBubble(t, func(g *rig) {
		end := time.Now().Add(time.Hour)
		moved := read[gen.IssuedPass](g.send(gen.NewUpdateIssuedPassExpiryRequest(
			g.Seed.IssuedPassID, gen.UpdateIssuedPassExpiryParams{ExpiresAt: wire.Millis{Time: end}})))
		assert.Equal(t, end.UTC(), moved.ExpiresAt.Time)
		assert.Equal(t, gen.IssuedPassActive, moved.Status)
		time.Sleep(time.Hour)
		assert.Equal(t, gen.IssuedPassExpired,
			read[gen.IssuedPass](g.send(gen.NewGetIssuedPassRequest(g.Seed.IssuedPassID))).Status)
		g.send(g.book(g.Seed.ClassInstanceID)).refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
	})
}

func TestPassUpdate(t *testing.T) {
	inBubble(t, func(g *rig) {
		updated := read[gen.IssuedPass](g.send(gen.NewUpdateIssuedPassRequest(gen.UpdateIssuedPassParams{
			UserPassID: g.Seed.UsedUpPassID, PassID: g.Seed.UnlimitedPassID, LastName: "Balogun",
		})))
		assert.Equal(t, g.Seed.UnlimitedPassID, updated.PassID)
		assert.Equal(t, gen.IssuedPassActive, updated.Status)
		client := read[gen.ClientProfile](g.send(gen.NewGetClientRequest(g.Seed.ClientID)))
		assert.Equal(t, "Ada", client.FirstName, "what is left out stays")
		assert.Equal(t, "Balogun", client.LastName)
	})
}

func TestPassesThatDoNotExist(t *testing.T) {
	inBubble(t, func(g *rig) {
		const none = "brgpass_none"
		soon := gen.UpdateIssuedPassExpiryParams{ExpiresAt: wire.Millis{Time: time.Now()}}
		theirs := g.with("Authorization", "Bearer "+g.Seed.OtherAPIKey)
		for name, r := range map[string]reply{
			"get":        g.send(gen.NewGetIssuedPassRequest(none)),
			"update":     g.send(gen.NewUpdateIssuedPassRequest(gen.UpdateIssuedPassParams{UserPassID: none})),
			"expiry":     g.send(gen.NewUpdateIssuedPassExpiryRequest(none, soon)),
			"issue":      g.send(gen.NewIssuePassRequest(gen.IssuePassParams{ClientID: "c", PassID: none})),
			"providers":  g.send(gen.NewListPassProvidersRequest(none, gen.ListPassProvidersParams{})),
			"of another": theirs.send(gen.NewGetIssuedPassRequest(g.Seed.IssuedPassID)),
			"change to": g.send(gen.NewUpdateIssuedPassRequest(
				gen.UpdateIssuedPassParams{UserPassID: g.Seed.IssuedPassID, PassID: none})),
			"book with": g.send(gen.NewBookClassRequest(gen.BookClassParams{
				ClassInstanceID: g.Seed.ClassInstanceID, ClientID: g.Seed.PoorClientID, UserPassID: g.Seed.IssuedPassID,
			})),
		} {
			shown := r.refused(http.StatusNotFound, gen.ErrorCodePassNotFound)
			assert.Equal(t, gen.ErrorTypeInvalidRequestError, shown.Type, name)
		}
	})
}

func TestAccessCodesEndWithTheDay(t *testing.T) {
	inBubble(t, func(g *rig) {
		time.Sleep(30 * time.Hour)
		generate := func(in gen.GenerateAccessCodeParams) reply { return g.send(gen.NewGenerateAccessCodeRequest(in)) }
		code := read[gen.AccessCode](generate(gen.GenerateAccessCodeParams{
			ClientID: g.Seed.ClientID, UserPassID: g.Seed.IssuedPassID, ProviderID: g.Seed.GymID,
		}))
		assert.Equal(t, time.Date(2000, 1, 3, 0, 0, 0, 0, time.UTC), code.ExpiresAt.Time)
		assert.NotEmpty(t, code.Code)
		assert.Contains(t, code.QRCode, "data:image/")
		other := read[gen.AccessCode](generate(gen.GenerateAccessCodeParams{ClientID: g.Seed.ClientID}))
		assert.NotEqual(t, code.Code, other.Code)

		generate(gen.GenerateAccessCodeParams{ClientID: "client_none"}).
			refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
		generate(gen.GenerateAccessCodeParams{ClientID: g.Seed.ClientID, ProviderID: "gym_none"}).
			refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
		generate(gen.GenerateAccessCodeParams{ClientID: g.Seed.ClientID, UserPassID: g.Seed.UsedUpPassID}).
			refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
		generate(gen.GenerateAccessCodeParams{
			ClientID: g.Seed.ClientID, UserPassID: g.Seed.UncoveredPassID, ProviderID: g.Seed.GymID,
		}).refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
		assert.Equal(t, 2, g.Executed(sandbox.GenerateAccessCode))
	})
}

func TestProvidersNearestFirst(t *testing.T) {
	inBubble(t, func(g *rig) {
		lat, lon := 9.0, 7.4 // Abuja
		near := read[gen.ProviderList](g.send(gen.NewListProvidersRequest(gen.ListProvidersParams{Lat: &lat, Lon: &lon})))
		assert.Equal(t, []string{"gym_summit", "spa_palm", "gym_fitzone", "spa_zen"}, providerIDs(near))
		unlocked := read[gen.ProviderList](g.send(gen.NewListPassProvidersRequest(
			g.Seed.SpaPassID, gen.ListPassProvidersParams{})))
		assert.Equal(t, []string{"spa_palm"}, providerIDs(unlocked))
		for _, pass := range read[gen.PassList](g.send(gen.NewListPassesRequest(gen.ListPassesParams{}))).Data {
			all := read[gen.ProviderList](g.send(gen.NewListPassProvidersRequest(pass.ID, gen.ListPassProvidersParams{})))
			assert.Len(t, all.Data, pass.ProviderCount, pass.ID)
		}
	})
}

func providerIDs(list *gen.ProviderList) []string {
	var ids []string
	for _, p := range list.Data {
		ids = append(ids, p.ID)
	}
	return ids
}
