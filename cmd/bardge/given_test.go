package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
)

// TestWhatIsGivenAndEmptyIsRefused: an unset variable of a shell is no flag left
// out.
func TestWhatIsGivenAndEmptyIsRefused(t *testing.T) {
	d, sb := bardgeDesk(t)
	d.set("BARDGE_JOURNAL", d.journal())
	d.set("BARDGE_ACCOUNT", "acme")
	for _, row := range []struct {
		name, stdin, want string
		args              []string
	}{
		{name: "a ref", args: issue(sb, "--ref", ""), want: "--ref"},
		{name: "a key", args: issue(sb, "--key", ""), want: "--key"},
		{name: "a sent key", args: issue(sb, "--sent-key="), want: "--sent-key"},
		{name: "the time of a sent key", args: issue(sb, "--sent-key", "k", "--sent-at", ""), want: "--sent-at"},
		{name: "a field", args: issue(sb, "--first-name", ""), want: "--first-name"},
		{name: "a required field", args: issue(sb, "--client-id", ""), want: "--client-id"},
		{name: "a list", args: []string{"bookings", "book-spa", "--service-ids", ""}, want: "--service-ids"},
		{name: "an item of a list", args: []string{"bookings", "book-spa", "--service-ids", "a,"}, want: "--service-ids"},
		{name: "a file", args: issue(sb, "--body", ""), want: "--body"},
		{name: "a base URL", args: issue(sb, "--base-url", ""), want: "--base-url"},
		{name: "a journal", args: issue(sb, "--journal", ""), want: "--journal"},
		{name: "an account", args: issue(sb, "--account", ""), want: "--account"},
		{name: "a filter", args: []string{"classes", "list", "--provider-id", ""}, want: "--provider-id"},
		{name: "an argument", args: []string{"bookings", "cancel", ""}, want: "BOOKING_ID"},
		{name: "a field of a body", args: issue(sb, "--body", "-"), stdin: `{"first_name":""}`, want: "first_name"},
		{name: "a list in a body", args: []string{"bookings", "book-spa"}, stdin: `{"service_ids":[]}`, want: "service_ids"},
		{name: "an item in a body", args: []string{"bookings", "book-spa"}, stdin: `{"service_ids":["a",""]}`, want: "service_ids"},
		{name: "a filter of the journal", args: []string{"journal", "list", "--operation", ""}, want: "--operation"},
		{name: "what is to be recovered", args: []string{"journal", "recover", "--operation="}, want: "--operation"},
		{name: "the ref to resolve", args: []string{"journal", "resolve", "", "--not-executed", "--by", "ada", "--yes"}, want: "REF"},
		{name: "what was made", args: []string{"journal", "resolve", "x", "--executed", "", "--by", "ada", "--yes"}, want: "--executed"},
		{name: "who resolves", args: []string{"journal", "resolve", "x", "--not-executed", "--by", "", "--yes"}, want: "--by"},
		{name: "an earlier secret", args: []string{"journal", "list", "--previous-secret-file", ""}, want: "--previous-secret-file"},
		{name: "a field of a body, as null", args: issue(sb, "--body", "-"), stdin: `{"first_name":null}`, want: "first_name"},
	} {
		t.Run(row.name, func(t *testing.T) {
			d.T, d.stdin = t, row.stdin
			r := d.run(row.args...)
			assert.Equal(t, cli.ExitUsage, r.code, r.stderr)
			assert.Contains(t, r.stderr, row.want)
			assert.Contains(t, r.stderr, "empty")
			assert.Empty(t, r.stdout)
		})
	}
	assert.Empty(t, sb.Ledger())
	assert.Zero(t, sb.Executed(sandbox.IssuePass))
}

// TestAnEmptyAmountRefundsNothing: without an amount all of it goes back.
func TestAnEmptyAmountRefundsNothing(t *testing.T) {
	d, sb := bluesnapDesk(t)
	refund := []string{"bluesnap", "transactions", "refund", sb.Seed.TransactionID}
	r := d.run(append(refund, "--amount", "")...)
	assert.Equal(t, cli.ExitUsage, r.code)
	assert.Contains(t, r.stderr, "--amount is given, and is empty")
	d.stdin = `{"amount":""}`
	assert.Equal(t, cli.ExitUsage, d.run(refund...).code)
	assert.Zero(t, sb.Requests(bluesnaptest.RefundTransaction))
	d.done(refund...)
	assert.Equal(t, 1, sb.Requests(bluesnaptest.RefundTransaction))
}

// TestAnEmptyFieldDeepInABodyIsRefused: it would be left out of what is sent.
func TestAnEmptyFieldDeepInABodyIsRefused(t *testing.T) {
	d, sb := bluesnapDesk(t)
	for _, row := range []struct{ field, card, want string }{
		{field: "a text", card: `"securityCode":""`, want: "creditCard.securityCode"},
		{field: "null", card: `"securityCode":null`, want: "creditCard.securityCode"},
	} {
		d.stdin = `{"cardTransactionType":"AUTH_CAPTURE","amount":"11.00","currency":"USD",` +
			`"creditCard":{"cardNumber":"4263982640269299","expirationMonth":"02","expirationYear":"2030",` + row.card + `}}`
		r := d.run("bluesnap", "transactions", "create")
		assert.Equal(t, cli.ExitUsage, r.code, row.field)
		assert.Contains(t, r.stderr, `the body's field "`+row.want+`" is given, and is empty`)
		assert.NotContains(t, r.stderr, "42639826")
	}
	assert.Empty(t, sb.Ledger())
}

// TestAnExtraFieldIsSentAsItIs: this command does not know what is empty there.
func TestAnExtraFieldIsSentAsItIs(t *testing.T) {
	d, sb := bardgeDesk(t)
	d.stdin = `{"client_id":"` + sb.Seed.ClientID + `","pass_id":"` + sb.Seed.PassID + `","gift":{"note":"","to":null}}`
	d.done("issued-passes", "issue", "--allow-extra-fields")
	assert.Equal(t, 1, sb.Executed(sandbox.IssuePass))
}

// TestAKeyWasSentInThePast: a time in the future is misspelt, and nothing is in
// doubt yet.
func TestAKeyWasSentInThePast(t *testing.T) {
	d, sb := bardgeDesk(t)
	r := d.run(issue(sb, "--sent-key", "k-0123456789", "--sent-at", "2999-01-01T00:00:00Z")...)
	assert.Equal(t, cli.ExitUsage, r.code)
	assert.Contains(t, r.stderr, "--sent-at is in the future")
	assert.Empty(t, sb.Ledger())
}
