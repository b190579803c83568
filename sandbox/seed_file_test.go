package sandbox_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox"
)

const ownSeed = `{
  "packages": [{"id": "pass_gold", "name": "Gold", "price": 5, "duration": "ANNUALLY",
    "categories": [{"type": "GYM", "tiers": ["PREMIUM"], "visits_allowed": 2}]}],
  "classes": [{"id": "class_box", "name": "Boxing", "provider_id": "gym_summit", "category_id": "category_yoga",
    "instances": [{"id": "ci_box", "in_days": 1, "time": "18:30", "capacity": 1000}]}],
  "credit_packages": [{"id": "credits_50", "name": "More", "credits": 60, "price": 7}],
  "clients": [
    {"id": "client_eve", "first_name": "Eve", "credits": 7, "copay_visits": {"gym_fitzone": 2},
     "passes": [{"id": "brgpass_eve", "pass_id": "pass_gold", "used": {"GYM": 3}, "bought": {"GYM": 2}},
                {"id": "brgpass_old", "pass_id": "pass_trial", "expires_in_days": 0}]},
    {"id": "client_ben", "first_name": "Benjamin"},
    {"id": "client_dan", "account": "team"}
  ]
}`

func TestASeedAddsToTheBuiltInOne(t *testing.T) {
	inBubble(t, func(g *rig) {
		eve := g.snapshot("reseller_0001", "client_eve").Accounts[0].Clients[0]
		assert.Equal(t, 7, eve.Credits)
		assert.Equal(t, map[string]int{"gym_fitzone": 2}, eve.CopayVisits)
		assert.Equal(t, []sandbox.VisitsSnapshot{{gen.ProviderCategoryGym, 4, 3}}, eve.Passes[0].Categories)
		assert.Equal(t, gen.IssuedPassActive, eve.Passes[0].Status)
		assert.Equal(t, gen.IssuedPassExpired, eve.Passes[1].Status)
		book := func() *gen.ClassBooking {
			return read[gen.ClassBooking](g.send(gen.NewBookClassRequest(gen.BookClassParams{
				ClassInstanceID: "ci_box", ClientID: "client_eve", UserPassID: "brgpass_eve",
			})))
		}
		booked := book()
		assert.Equal(t, "2000-01-02", booked.Date)
		assert.Equal(t, "18:30", booked.Time)
		assert.True(t, book().AdditionalVisitsRequired)

		ben := g.snapshot("reseller_0001", "client_ben").Accounts[0].Clients[0]
		assert.Equal(t, "Benjamin", ben.FirstName, "replaced")
		assert.Empty(t, ben.Passes)
		bought := read[gen.CreditPurchase](g.send(gen.NewPurchaseCreditsRequest(
			gen.PurchaseCreditsParams{ClientID: "client_ben", PackageID: "credits_50"})))
		assert.Equal(t, "60", bought.Balance.String())
		assert.Empty(t, g.snapshot("reseller_0001", "client_dan").Accounts[0].Clients)
		assert.Len(t, g.snapshot("team", "").Accounts[0].Clients, 4)
		require.NoError(t, g.Control().Reset())
		assert.Equal(t, eve, g.snapshot("reseller_0001", "client_eve").Accounts[0].Clients[0])
	}, sandbox.WithSeed([]byte(ownSeed)), sandbox.WithAccount("team", ""))
}

func TestTheBuiltInSeedIsASeed(t *testing.T) {
	data, err := os.ReadFile("seed.json")
	require.NoError(t, err)
	var plain, given sandbox.Snapshot
	inBubble(t, func(g *rig) { plain = g.snapshot("", "") })
	inBubble(t, func(g *rig) { given = g.snapshot("", "") }, sandbox.WithSeed(data))
	assert.Equal(t, plain, given)
}

func TestWrongSeedsNameTheLine(t *testing.T) {
	for name, row := range map[string]struct{ data, message string }{
		"unknown field":    {"{\"clients\":[\n{\"id\":\"c\",\"credit\":1}]}", "seed: line 2: clients[0].credit: is unknown"},
		"another type":     {"{\"clients\":[\n{\"id\":\"c\",\n\"credits\":\"1\"}]}", "seed: line 3: clients[0].credits: must be a whole number below 2^31"},
		"no id":            {"{\"packages\":[{}]}", "seed: line 1: packages[0].id: must have 1 to 64 letters, digits, '_', '-' and '.'"},
		"client twice":     {"{\"clients\":[{\"id\":\"c\"},\n{\"id\":\"c\"}]}", "seed: line 2: clients[1].id: is given twice"},
		"pass twice":       {"{\"clients\":[{\"id\":\"c\",\"passes\":[\n{\"id\":\"brgpass_ada\",\"pass_id\":\"pass_spa\"}]}]}", "seed: line 2: clients[0].passes[0].id: is given twice, here or in the built-in seed"},
		"no such package":  {"{\"clients\":[{\"id\":\"c\",\"passes\":[\n{\"id\":\"p\",\"pass_id\":\"x\"}]}]}", "seed: line 2: clients[0].passes[0].pass_id: no package has the id \"x\""},
		"no such category": {"{\"clients\":[{\"id\":\"c\",\"passes\":[{\"id\":\"p\",\"pass_id\":\"pass_spa\",\n\"used\":{\"POOL\":1}}]}]}", "seed: line 2: clients[0].passes[0].used.POOL: is no category"},
		"no such account":  {"{\"clients\":[{\"id\":\"c\",\"account\":\"x\"}]}", "seed: line 1: clients[0].account: no account is named \"x\""},
		"negative":         {"{\"clients\":[{\"id\":\"c\",\"credits\":-1}]}", "seed: line 1: clients[0].credits: must not be negative"},
		"no gym":           {"{\"clients\":[{\"id\":\"c\",\"copay_visits\":{\"spa_zen\":1}}]}", "seed: line 1: clients[0].copay_visits.spa_zen: is no gym"},
		"duration":         {"{\"packages\":[{\"id\":\"p\",\"duration\":\"monthly\"}]}", "seed: line 1: packages[0].duration: must be one of [MONTHLY ANNUALLY]"},
		"no category":      {"{\"packages\":[{\"id\":\"p\",\"duration\":\"MONTHLY\"}]}", "seed: line 1: packages[0].categories: must not be empty"},
		"time":             {"{\"classes\":[{\"id\":\"c\",\"provider_id\":\"gym_fitzone\",\"category_id\":\"category_yoga\",\n\"instances\":[{\"id\":\"i\",\"time\":\"7\"}]}]}", "seed: line 2: classes[0].instances[0].time: must look like 07:00"},
		"too many taken":   {"{\"classes\":[{\"id\":\"c\",\"provider_id\":\"gym_fitzone\",\"category_id\":\"category_yoga\",\"instances\":[{\"id\":\"i\",\"time\":\"07:00\",\"taken\":1}]}]}", "seed: line 1: classes[0].instances[0].taken: must not be above capacity"},
		"class at a spa":   {"{\"classes\":[{\"id\":\"c\",\"provider_id\":\"spa_zen\",\"category_id\":\"category_yoga\"}]}", "seed: line 1: classes[0].provider_id: no gym has the id \"spa_zen\""},
		"class category":   {"{\"classes\":[{\"id\":\"c\",\"provider_id\":\"gym_fitzone\",\"category_id\":\"x\"}]}", "seed: line 1: classes[0].category_id: no class category has the id \"x\""},
		"services of gym":  {"{\"providers\":[{\"id\":\"p\",\"category\":\"GYM\",\"tier\":\"STANDARD\",\"services\":[{\"id\":\"s\"}]}]}", "seed: line 1: providers[0]: a gym has no services and slots"},
		"latitude":         {"{\"providers\":[{\"id\":\"p\",\"category\":\"GYM\",\"tier\":\"STANDARD\",\"lat\":91}]}", "seed: line 1: providers[0].lat: must be between -90 and 90"},
		"no credits":       {"{\"credit_packages\":[{\"id\":\"p\"}]}", "seed: line 1: credit_packages[0].credits: must be above 0"},
		"issuer's client":  {"{\"issuers\":[{\"id\":\"i\",\"account\":\"reseller_0002\",\"access_codes\":{\"x\":\"1\"}}]}", "seed: line 1: issuers[0].access_codes.x: account \"reseller_0002\" has no such client"},
		"a gym of classes": {"{\"providers\":[{\"id\":\"gym_fitzone\",\"category\":\"SPA\",\"tier\":\"PREMIUM\"}]}", "seed: line 1: the built-in seed does not fit it: classes[0].provider_id: no gym has the id \"gym_fitzone\""},
		"issuer's account": {"{\"issuers\":[{\"id\":\"i\"}]}", "seed: line 1: issuers[0].account: no account is named \"\""},
	} {
		_, err := sandbox.New(sandbox.WithSeed([]byte(row.data)))
		assert.EqualError(t, err, row.message, name)
	}
}
