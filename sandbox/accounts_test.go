package sandbox_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

func (g *rig) as(apiKey string) *rig { return g.with("Authorization", "Bearer "+apiKey) }

// snapshot returns what the control shows of the data.
func (g *rig) snapshot(account, client string) sandbox.Snapshot {
	g.Helper()
	text, err := g.Control().State(fakeserver.StateQuery{Account: account, Client: client})
	require.NoError(g, err)
	var shown sandbox.Snapshot
	require.NoError(g, json.Unmarshal(text, &shown))
	return shown
}

func TestEachAccountHasTheSeedsClientsForItself(t *testing.T) {
	inBubble(t, func(g *rig) {
		team := g.as("team-key")
		issued := read[gen.IssuedPass](team.key("k").send(team.issue()))
		mine := read[gen.IssuedPass](g.key("k").send(g.issue()))
		assert.NotEqual(t, issued.ID, mine.ID, "a key belongs to its account")
		team.send(gen.NewGetIssuedPassRequest(mine.ID)).refused(http.StatusNotFound, gen.ErrorCodePassNotFound)

		require.NotEmpty(t, team.placed(g.Seed.UncoveredPassID).CopayOptions)
		require.NotEmpty(t, team.placed(g.Seed.IssuedPassID).BookingID)
		assert.Equal(t, 19, g.left(g.Seed.ClassInstanceID), "places are the same for all")
		assert.Empty(t, read[gen.BookingList](g.send(gen.NewListClientBookingsRequest(
			g.Seed.ClientID, gen.ListClientBookingsParams{}))).Data)
		read[gen.CreditPurchase](team.send(gen.NewPurchaseCreditsRequest(gen.PurchaseCreditsParams{
			ClientID: g.Seed.ClientID, PackageID: g.Seed.CreditPackageID,
		})))
		assert.Equal(t, 50, g.snapshot("reseller_0001", g.Seed.ClientID).Accounts[0].Clients[0].Credits)
		assert.Equal(t, 100, g.snapshot("team", g.Seed.ClientID).Accounts[0].Clients[0].Credits)
		team.send(gen.NewGetClientRequest(g.Seed.OtherClientID)).
			refused(http.StatusForbidden, gen.ErrorCodePermissionDenied)
	}, sandbox.WithAccount("team", "team-key"))
}

func TestAnAccountThatExistsGetsTheKey(t *testing.T) {
	inBubble(t, func(g *rig) {
		assert.Equal(t, "mine", g.APIKey)
		assert.Equal(t, "theirs", g.Seed.OtherAPIKey)
		read[gen.IssuedPass](g.send(g.issue()))
		g.as("sandbox_key_0001").send(g.issue()).refused(http.StatusUnauthorized, gen.ErrorCodeInvalidAPIKey)
	}, sandbox.WithAccount("reseller_0001", "mine"), sandbox.WithAccount("reseller_0002", "theirs"))
}

func TestAccountsOnDemand(t *testing.T) {
	inBubble(t, func(g *rig) {
		accounts := g.Control().Accounts
		made, err := accounts.Create("team", "team-key")
		require.NoError(t, err)
		assert.Equal(t, fakeserver.Account{
			Name: "team", Enabled: true, Credentials: map[string]string{"api_key": "team-key"},
		}, made)
		team := g.as("team-key")
		read[gen.IssuedPass](team.send(team.issue()))
		chosen, err := accounts.Create("", "")
		require.NoError(t, err)
		assert.Equal(t, "reseller_0003", chosen.Name)
		read[gen.IssuedPass](g.as(chosen.Credentials["api_key"]).send(g.issue()))
		assert.Equal(t, []fakeserver.Account{
			{Name: "reseller_0001", Enabled: true},
			{Name: "reseller_0002", Enabled: true},
			{Name: "reseller_0003", Enabled: true},
			{Name: "team", Enabled: true},
		}, accounts.List())

		require.NoError(t, accounts.SetEnabled("team", false))
		team.send(team.issue()).refused(http.StatusForbidden, gen.ErrorCodeAccountDisabled)
		read[gen.IssuedPass](g.send(g.issue()))
		changed, err := accounts.Rotate("team", "")
		require.NoError(t, err)
		assert.False(t, changed.Enabled)
		require.NoError(t, accounts.SetEnabled("team", true))
		team.send(team.issue()).refused(http.StatusUnauthorized, gen.ErrorCodeInvalidAPIKey)
		read[gen.IssuedPass](g.as(changed.Credentials["api_key"]).send(g.issue()))
	})
}

func TestAccountsThatCannotBe(t *testing.T) {
	inBubble(t, func(g *rig) {
		accounts := g.Control().Accounts
		for name, key := range map[string]string{
			"a b": "k", "a:b": "k", "ä": "k", strings.Repeat("n", 65): "k",
			"spaced": "a key", "umlaut": "schlüssel", "long": strings.Repeat("k", 256), "line": "a\nb",
		} {
			_, err := accounts.Create(name, key)
			require.Error(t, err, name)
			require.NotErrorIs(t, err, fakeserver.ErrAccountExists, name)
			assert.NotContains(t, err.Error(), key, "an error shows no key")
		}
		for name, key := range map[string]string{"reseller_0001": "", "reseller_0002": "new", "taken": g.APIKey} {
			_, err := accounts.Create(name, key)
			require.ErrorIs(t, err, fakeserver.ErrAccountExists, name)
			assert.NotContains(t, err.Error(), g.APIKey)
		}
		_, err := accounts.Rotate("reseller_0002", g.APIKey)
		require.ErrorIs(t, err, fakeserver.ErrAccountExists)
		_, err = accounts.Rotate("nobody", "")
		require.ErrorIs(t, err, fakeserver.ErrNoAccount)
		require.ErrorIs(t, accounts.SetEnabled("nobody", true), fakeserver.ErrNoAccount)
		assert.Len(t, accounts.List(), 2)
		read[gen.IssuedPass](g.send(g.issue()))
	})
	for _, opt := range []sandbox.Option{
		sandbox.WithAccount("a b", "k"), sandbox.WithAccount("", "k"), sandbox.WithAccount("a", "a key"),
	} {
		_, err := sandbox.New(opt)
		assert.Error(t, err)
	}
	_, err := sandbox.New(sandbox.WithAccount("team", "a"), sandbox.WithAccount("team", "b"))
	assert.ErrorContains(t, err, "team is given twice")
}

func TestResetBringsBackTheSeed(t *testing.T) {
	inBubble(t, func(g *rig) {
		before := g.snapshot("", "")
		_, err := g.Control().Accounts.Create("team", "team-key")
		require.NoError(t, err)
		first := read[gen.IssuedPass](g.key("k").send(g.issue()))
		g.booked()
		read[gen.SpaBooking](g.send(g.bookSpa()))
		require.NoError(t, g.Control().Reset())
		after := g.snapshot("", "")
		require.Len(t, after.Accounts, 3, "accounts stay")
		assert.Equal(t, before.Accounts, after.Accounts[:2])
		assert.Equal(t, before.ClassInstances, after.ClassInstances)
		again := read[gen.IssuedPass](g.key("k").send(g.issue()))
		assert.Equal(t, first.ID, again.ID, "ids are counted anew")
		assert.Equal(t, 1, g.Executed(sandbox.IssuePass))
		read[gen.IssuedPass](g.as("team-key").send(g.issue()))
	})
}

func TestSnapshotShowsPassesBookingsAndBalances(t *testing.T) {
	inBubble(t, func(g *rig) {
		booked := read[gen.ClassBooking](g.bookWith(g.Seed.CreditInstanceID, g.Seed.IssuedPassID))
		bought := read[gen.SpaCopayPurchase](g.send(gen.NewPurchaseSpaCopayRequest(gen.PurchaseSpaCopayParams{
			ClientID: g.Seed.ClientID, ProviderID: g.Seed.SpaID, QuoteID: read[gen.SpaCopayQuote](g.send(g.quote())).ID,
		})))
		read[gen.GymCopayPurchase](g.send(gen.NewPurchaseGymCopayRequest(gen.PurchaseGymCopayParams{
			ClientID: g.Seed.ClientID, ProviderID: g.Seed.GymID, CopayPackageID: g.Seed.CopayPackageID,
		})))
		shown := g.snapshot("reseller_0001", g.Seed.ClientID)
		require.Len(t, shown.Accounts, 1)
		require.Len(t, shown.Accounts[0].Clients, 1)
		ada := shown.Accounts[0].Clients[0]
		assert.Equal(t, 47, ada.Credits)
		assert.Equal(t, map[string]int{g.Seed.GymID: 4}, ada.CopayVisits)
		assert.Equal(t, []sandbox.SpaVisitSnapshot{{bought.CopayPurchaseID, g.Seed.SpaID, false}}, ada.SpaVisits)
		require.Len(t, ada.Passes, 3)
		assert.Equal(t, g.Seed.IssuedPassID, ada.Passes[2].ID)
		assert.Equal(t, []sandbox.VisitsSnapshot{
			{gen.ProviderCategorySpa, 4, 0}, {gen.ProviderCategoryGym, 8, 1},
		}, ada.Passes[2].Categories)
		assert.Equal(t, gen.IssuedPassExpired, ada.Passes[1].Status)
		require.Len(t, ada.Bookings, 1)
		assert.Equal(t, sandbox.BookingSnapshot{
			ID: booked.BookingID, Type: gen.BookingTypeClass, Status: gen.BookingPending, Name: "Morning Yoga Flow",
			ProviderName: "FitZone Lagos", ScheduledFor: booked.ScheduledFor.Time, Account: "reseller_0001",
			ClassInstanceID: g.Seed.CreditInstanceID, PassID: g.Seed.IssuedPassID, Credits: 3,
		}, ada.Bookings[0])
		assert.Empty(t, g.snapshot("nobody", "").Accounts)
	})
}
