package reconcile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const purchaseCredits = `{"client_id":"ada","package_id":"p1"}`

func moved(kind, amount, description string, stamp int) string {
	return fmt.Sprintf(`{"transactions":[{"type":%q,"amount":%s,"description":%q,"timestamp":%d}]}`,
		kind, amount, description, stamp)
}

func TestJ11_OnlyACreditOfThePackagesSizeAndNameCounts(t *testing.T) {
	const (
		packs = `[{"id":"other","name":"50 Pack","credits":50},{"id":"p1","name":"20 Pack","credits":20}]`
		then  = intent * 1000
		none  = `[{"id":"other","name":"50 Pack","credits":50}]`
	)
	bought := moved("CREDIT", "20", "Bought: 20 Pack", then)
	for name, row := range map[string]struct {
		packs, credits string
		proves         bool
	}{
		"of size and name":            {packs, bought, true},
		"written otherwise":           {packs, moved("credit", "20.0", "Bought: 20 Pack", then), true},
		"taken, not given":            {packs, moved("DEBIT", "20", "Returned: 20 Pack", then), false},
		"of another size":             {packs, moved("CREDIT", "50", "Bought: 20 Pack", then), false},
		"of another name":             {packs, moved("CREDIT", "20", "Refund", then), false},
		"without a time":              {packs, moved("CREDIT", "20", "Bought: 20 Pack", 0), false},
		"too early":                   {packs, moved("CREDIT", "20", "Bought: 20 Pack", then-5001), false},
		"too late":                    {packs, moved("CREDIT", "20", "Bought: 20 Pack", then+95001), false},
		"two movements":               {packs, strings.Replace(bought, "}]", "},"+bought[len(`{"transactions":[`):len(bought)-2]+"]", 1), false},
		"no movement":                 {packs, `{}`, false},
		"the package is not for sale": {none, bought, false},
		"the package has no size":     {`[{"id":"p1","name":"20 Pack"}]`, bought, false},
		"the package has no name":     {`[{"id":"p1","credits":20}]`, moved("CREDIT", "20", "Refund", then), false},
		"no size is not no amount": {
			`[{"id":"p1","name":"20 Pack"}]`,
			`{"transactions":[{"type":"CREDIT","description":"20 Pack","timestamp":946685400000}]}`, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			api := readings{"ListCreditPackages ": row.packs, "GetClientCredits ada": row.credits}
			assert.Equal(t, row.proves, proves(t, api.pending("PurchaseCredits", purchaseCredits)))
		})
	}
}
