package main

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"strings"
	"text/tabwriter"

	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// fact is a value that a user needs to begin.
type fact struct{ name, value string }

// describe returns facts, a seed's ids, and curl lines with a fixed key, so
// that they show a replay.
func describe(vendor string, facts []fact, seed any, curl, faultHeader string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s sandbox: nothing here is real.\n\n", vendor)
	columns := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, f := range facts {
		_, _ = fmt.Fprintf(columns, "%s\t%s\n", f.name, f.value)
	}
	fields := reflect.ValueOf(seed)
	for i := range fields.NumField() {
		_, _ = fmt.Fprintf(columns, "%s\t%s\n", fields.Type().Field(i).Name, fields.Field(i))
	}
	_ = columns.Flush() // a strings.Builder does not fail
	fmt.Fprintf(&text, "\n%s\n\nA request selects a fault with a header, such as  -H '%s: %s'\n",
		curl, faultHeader, sandbox.LoseResponse)
	return text.String()
}

func describeBardge(sb *sandbox.Sandbox, origin string) string {
	base := origin + sandbox.BasePath
	curl := fmt.Sprintf(`Issue a pass, and again within 90 s to see it replayed:
  curl -i -X POST %s/issued_passes -H 'Authorization: Bearer %s' -H 'Content-Type: application/json'`+
		` -H 'Idempotency-Key: first-pass' -d '{"client_id":"%s","pass_id":"%s"}'`,
		base, sb.APIKey, sb.Seed.ClientID, sb.Seed.PassID)
	return describe("Bardge", []fact{{"base URL", base}, {"API key", sb.APIKey}}, sb.Seed, curl, sandbox.FaultHeader)
}

func describeBlueSnap(sb *bluesnaptest.Sandbox, origin string) string {
	credentials := base64.StdEncoding.EncodeToString([]byte(sb.Username + ":" + sb.Password))
	curl := fmt.Sprintf(`Charge a card, and again within 24 h to get the same answer:
  curl -i -X POST %s/services/2/transactions -H 'Authorization: Basic %s' -H 'Content-Type: application/json'`+
		` -H 'Idempotency-Key: first-charge'`+
		` -d '{"cardTransactionType":"AUTH_CAPTURE","amount":"11.00","currency":"USD","vaultedShopperId":"%s"}'`,
		origin, credentials, sb.Seed.ShopperID)
	return describe("BlueSnap", []fact{
		{"base URL", origin},
		{"username", sb.Username},
		{"password", sb.Password},
		{"merchant id", sb.MerchantID},
		{"declined amount", bluesnaptest.AmountDeclined},
		{"timed out amount", bluesnaptest.AmountTimedOut},
		{"same, but paid", bluesnaptest.AmountTimedOutPaid},
	}, sb.Seed, curl, fakeserver.FaultHeader)
}
