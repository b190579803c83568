package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/cmd/bardge/internal/calls"
	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
)

// callCommands returns the command lines of all calls to a vendor, with the
// operations of each.
func callCommands(vendor string) map[string][]string {
	found := map[string][]string{}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
		words := strings.TrimPrefix(cmd.CommandPath(), "bardge ")
		operations, ok := cmd.Annotations[calls.OperationsAnnotation]
		if isBlueSnap := strings.HasPrefix(words, "bluesnap "); ok && isBlueSnap == (vendor == "bluesnap") {
			found[words] = strings.Fields(operations)
		}
	}
	walk(newRoot(cli.NewApp(cli.Env{})))
	return found
}

// TestEachOperationHasACommand fails for an operation that the command line
// lacks.
func TestEachOperationHasACommand(t *testing.T) {
	var named []string
	for _, operations := range callCommands("bardge") {
		named = append(named, operations...)
	}
	for _, op := range gen.Operations() {
		assert.Contains(t, named, string(op.ID))
	}
	assert.Len(t, named, len(gen.Operations()))
}

// bardgeCalls are command lines that succeed, for each command.
func bardgeCalls(d *desk, seed sandbox.Seed) map[string]func() []string {
	client := []string{"--client-id", seed.ClientID}
	book := append([]string{"bookings", "book-class", "--class-instance-id", seed.ClassInstanceID}, client...)
	spa := append([]string{
		"bookings", "book-spa", "--provider-id", seed.SpaID, "--service-ids", seed.ServiceID,
		"--date", seed.SlotDate, "--time", seed.SlotTime,
	}, client...)
	quote := append([]string{"copay", "quote-spa", seed.SpaID, "--service-ids", seed.ServiceID}, client...)
	gymCopay := append([]string{"--provider-id", seed.GymID, "--copay-package-id", seed.CopayPackageID}, client...)
	lookup := []string{"lookups", "initiate", "--issuer-id", seed.IssuerID, "--client-id", seed.OtherClientID}
	return map[string]func() []string{
		"issued-passes issue":         func() []string { return append([]string{"--pass-id", seed.PassID}, client...) },
		"issued-passes get":           func() []string { return []string{seed.IssuedPassID} },
		"issued-passes update":        func() []string { return []string{"--user-pass-id", seed.IssuedPassID, "--first-name", "Ada"} },
		"issued-passes update-expiry": func() []string { return []string{seed.IssuedPassID, "--expires-at", "2027-05-10"} },
		"passes list":                 func() []string { return nil },
		"providers list":              func() []string { return []string{"--lat", "6.5", "--lon", "3.4"} },
		"providers list-for-pass":     func() []string { return []string{seed.PassID} },
		"access-codes generate":       func() []string { return client },
		"classes list-categories":     func() []string { return nil },
		"classes list":                func() []string { return []string{"--provider-id", seed.GymID} },
		"classes get":                 func() []string { return []string{seed.ClassID} },
		"bookings book-class":         func() []string { return book[2:] },
		"bookings confirm-class": func() []string {
			session := d.field("session_id", append(book, "--user-pass-id", seed.UsedUpPassID)...)
			return []string{session, "--number-of-visits", "5", "--duration", "ANNUALLY"}
		},
		"bookings book-spa":        func() []string { return spa[2:] },
		"bookings confirm-spa":     func() []string { return []string{d.field("session_id", spa...)} },
		"bookings list-for-client": func() []string { return []string{seed.ClientID} },
		"bookings get":             func() []string { return []string{d.field("booking_id", book...)} },
		"bookings cancel":          func() []string { return []string{d.field("booking_id", book...)} },
		"copay list-gym-options":   func() []string { return []string{seed.GymID} },
		"copay quote-spa":          func() []string { return quote[2:] },
		"copay purchase-gym":       func() []string { return gymCopay },
		"copay purchase-spa": func() []string {
			return append([]string{"--provider-id", seed.SpaID, "--quote-id", d.field("id", quote...)}, client...)
		},
		"copay purchase":        func() []string { return gymCopay },
		"credits purchase":      func() []string { return append([]string{"--package-id", seed.CreditPackageID}, client...) },
		"credits list-packages": func() []string { return nil },
		"clients get":           func() []string { return []string{seed.ClientID} },
		"clients credits":       func() []string { return []string{seed.ClientID} },
		"lookups list-issuers":  func() []string { return nil },
		"lookups initiate":      func() []string { return lookup[2:] },
		"lookups verify": func() []string {
			return []string{d.field("id", lookup...), "--access-code-file", d.file(seed.OtherAccessCode + "\n")}
		},
		"preview reschedule-booking": func() []string {
			return []string{d.field("booking_id", book...), "--class-instance-id", seed.LastPlaceInstanceID}
		},
		"preview confirm-access-code": func() []string {
			d.run(append([]string{
				"access-codes", "generate", "--user-pass-id", seed.UncoveredPassID, "--provider-id", seed.GymID,
			}, client...)...) // which opens a session
			return []string{"visit_0001", "--copay-package-id", seed.CopayPackageID}
		},
		"preview list-provider-services": func() []string { return []string{seed.SpaID} },
		"preview provider-availability":  func() []string { return []string{seed.SpaID, "--date", seed.SlotDate} },
	}
}

// TestEachCommandReachesBardge runs each command against the sandbox, which
// counts the requests.
func TestEachCommandReachesBardge(t *testing.T) {
	for words, operations := range callCommands("bardge") {
		t.Run(words, func(t *testing.T) {
			d, sb := bardgeDesk(t, sandbox.WithPreview())
			known := bardgeCalls(d, sb.Seed)
			require.Contains(t, known, words, "has no command line in this test")
			args := append(strings.Fields(words), known[words]()...)
			before := sb.Requests(sandbox.Operation(operations[0]))
			assert.True(t, json.Valid([]byte(d.done(append(args, "-o", "json")...).stdout)))
			assert.Equal(t, before+1, sb.Requests(sandbox.Operation(operations[0])))
		})
	}
}

// bluesnapCall is a command line that succeeds, with its standard input.
type bluesnapCall struct {
	args  []string
	stdin string
}

func bluesnapCalls(d *desk, seed bluesnaptest.Seed) map[string]func() bluesnapCall {
	with := func(args ...string) func() bluesnapCall {
		return func() bluesnapCall { return bluesnapCall{args: args} }
	}
	body := func(text string) func() bluesnapCall { return func() bluesnapCall { return bluesnapCall{stdin: text} } }
	const check = `{"amount":"11.00","currency":"USD","authorizedByShopper":true,"merchantTransactionId":"alt-1",` +
		`"ecpTransaction":{"routingNumber":"011075150","accountType":"CONSUMER_CHECKING","accountNumber":"4099999992"},` +
		`"payerInfo":{"firstName":"Ada","lastName":"Okafor","zip":"12345"}}`
	pay := func() string {
		d.stdin = check
		return d.field("transactionId", "bluesnap", "alt-transactions", "create")
	}
	const price = `<expected-total-price><amount>9.00</amount><currency>USD</currency></expected-total-price>`
	return map[string]func() bluesnapCall{
		"transactions create": body(`{"cardTransactionType":"AUTH_CAPTURE","amount":"11.00","currency":"USD",` +
			`"creditCard":{"cardNumber":"4263982640269299","expirationMonth":"02","expirationYear":"2030","securityCode":"837"}}`),
		"transactions get":                 with(seed.TransactionID),
		"transactions find":                with(seed.MerchantTransactionID),
		"transactions capture":             with("--transaction-id", seed.AuthorizedID),
		"transactions reverse":             with("--transaction-id", seed.AuthorizedID),
		"transactions refund":              with(seed.TransactionID, "--amount", "1.00", "--reason", "late"),
		"transactions refund-by-reference": with(seed.MerchantTransactionID, "--amount", "1.00"),
		"alt-transactions create":          body(check),
		"alt-transactions get":             func() bluesnapCall { return bluesnapCall{args: []string{pay()}} },
		"alt-transactions find": func() bluesnapCall {
			pay()
			return bluesnapCall{args: []string{"alt-1"}}
		},
		"vaulted-shoppers create": with("--first-name", "Ada", "--last-name", "Okafor"),
		"vaulted-shoppers get":    with(seed.ShopperID),
		"vaulted-shoppers find":   with(seed.MerchantShopperID),
		"vaulted-shoppers update": with(seed.ShopperID, "--first-name", "Ada", "--last-name", "Okafor"),
		"vaulted-shoppers delete": func() bluesnapCall {
			id := d.field("vaultedShopperId", "bluesnap", "vaulted-shoppers", "create", "--first-name", "Ben", "--last-name", "Obi")
			return bluesnapCall{args: []string{id}}
		},
		"payment-fields create-token": with(),
		"subscriptions create-plan": with("--name", "Gold", "--charge-frequency", "MONTHLY", "--currency", "USD",
			"--recurring-charge-amount", "9.99"),
		"subscriptions create": with("--plan-id", seed.PlanID, "--vaulted-shopper-id", seed.ShopperID),
		"subscriptions create-on-demand": with("--currency", "USD", "--amount", "5.00",
			"--vaulted-shopper-id", seed.ShopperID),
		"subscriptions list":        with(),
		"subscriptions list-plans":  with(),
		"subscriptions get":         with(seed.SubscriptionID),
		"subscriptions get-plan":    with(seed.PlanID),
		"subscriptions update":      with(seed.SubscriptionID, "--status", "ACTIVE"),
		"subscriptions update-plan": with(seed.PlanID, "--name", "Gold"),
		"subscriptions cancel":      with(seed.SubscriptionID),
		"subscriptions charge":      with(seed.OnDemandID, "--amount", "5.00", "--currency", "USD"),
		"vendors create":            with("--email", "v@example.com", "--country", "US"),
		"accounts onboard-wallet":   body(`{"walletType":"APPLE_PAY","applePay":{"domains":["shop.example.com"]}}`),
		"accounts create-report":    body(`{"title":"T","category":"C","columns":[{"name":"N"}]}`),
		"accounts create-user": with("--first-name", "A", "--last-name", "B", "--email", "a@example.com",
			"--username", "ab", "--on-behalf-of", "12345"),
		"documents place-batch-order": body(`<batch-order xmlns="http://ws.plimus.com"><shopper><shopper-info>` +
			`<shopper-contact-info><first-name>Ben</first-name></shopper-contact-info></shopper-info></shopper>` +
			`<order>` + price + `</order></batch-order>`),
		"documents create-order": body(`<order><ordering-shopper><shopper-id>` + seed.ShopperID +
			`</shopper-id></ordering-shopper><cart/>` + price + `</order>`),
		"documents create-shopper": body(`<shopper><web-info/><fraud-info/><shopper-info/></shopper>`),
		"documents create-product": body(`<product><product-name>A</product-name>` +
			`<product-short-description>B</product-short-description></product>`),
		"documents create-custom-parameter": body(`<custom-parameter><custom-param-title>A</custom-param-title>` +
			`<custom-param-settings/></custom-parameter>`),
		"documents create-subscription-charge": func() bluesnapCall {
			charge := `<subscription-charge><charge-info/>` + price + `</subscription-charge>`
			return bluesnapCall{[]string{seed.OnDemandID}, charge}
		},
		"documents create-account-updater": body(`<batch-account-update>` +
			`<account-update-batch-id>7</account-update-batch-id><account-update><merchant-updater-id>1</merchant-updater-id>` +
			`<original-card/></account-update></batch-account-update>`),
	}
}

// route is the sandbox's name of an operation, where it has another.
func route(operation string) bluesnaptest.Operation {
	switch operation {
	case "CaptureTransaction", "ReverseAuthorization":
		return bluesnaptest.UpdateTransaction
	case "CancelSubscription":
		return bluesnaptest.UpdateSubscription
	case "FindTransaction":
		return bluesnaptest.GetTransaction
	case "FindVaultedShopper":
		return bluesnaptest.GetVaultedShopper
	case "FindAltTransaction":
		return bluesnaptest.GetAltTransaction
	}
	return bluesnaptest.Operation(operation)
}

func TestEachCommandReachesBlueSnap(t *testing.T) {
	for words, operations := range callCommands("bluesnap") {
		t.Run(words, func(t *testing.T) {
			d, sb := bluesnapDesk(t)
			known := bluesnapCalls(d, sb.Seed)
			name := strings.TrimPrefix(words, "bluesnap ")
			require.Contains(t, known, name, "has no command line in this test")
			call := known[name]()
			op := route(operations[0])
			before := sb.Requests(op)
			d.stdin = call.stdin
			r := d.done(append(append(strings.Fields(words), call.args...), "-o", "json")...)
			assert.NotEmpty(t, object(t, r.stdout))
			assert.Equal(t, before+1, sb.Requests(op))
		})
	}
}
