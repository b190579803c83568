package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
)

func TestHelpIsAsItWas(t *testing.T) {
	d := newDesk(t)
	for _, words := range []string{
		"", "issued-passes", "issued-passes issue", "passes list", "raw", "bluesnap", "bluesnap transactions refund", "conform", "doctor", "version",
	} {
		name := strings.ReplaceAll(strings.TrimSpace("bardge "+words), " ", "-")
		t.Run(name, func(t *testing.T) {
			r := d.done(append(strings.Fields(words), "--help")...)
			assert.Empty(t, r.stderr)
			golden(t, "help/"+name+".txt", r.stdout)
		})
	}
}

func TestOutputIsAsItWas(t *testing.T) {
	for _, row := range []struct {
		name string
		args func(d *desk, ids map[string]string) []string
	}{
		{name: "list", args: func(*desk, map[string]string) []string { return []string{"passes", "list"} }},
		{name: "object", args: func(_ *desk, ids map[string]string) []string { return []string{"issued-passes", "get", ids["pass"]} }},
	} {
		t.Run(row.name, func(t *testing.T) {
			d, sb := bardgeDesk(t)
			args := row.args(d, map[string]string{"pass": sb.Seed.IssuedPassID})
			for _, format := range []string{"table", "json", "yaml"} {
				r := d.done(append(args, "-o", format)...)
				assert.Empty(t, r.stderr)
				golden(t, "output/"+row.name+"."+format, r.stdout)
			}
		})
	}
}

func TestAnEmptyListIsData(t *testing.T) {
	d, sb := bardgeDesk(t)
	args := []string{"bookings", "list-for-client", sb.Seed.ClientID}
	assert.Equal(t, "[]\n", d.done(append(args, "-o", "json")...).stdout)
	assert.Equal(t, "[]\n", d.done(append(args, "-o", "yaml")...).stdout)
	table := d.done(args...)
	assert.Empty(t, table.stdout)
	assert.Equal(t, "The list is empty.\n", table.stderr)
}

func TestListsArePaged(t *testing.T) {
	d, sb := bardgeDesk(t)
	one := d.done("providers", "list", "--limit", "1")
	assert.Len(t, strings.Split(strings.TrimSpace(one.stdout), "\n"), 2)
	assert.Contains(t, one.stderr, "--all")
	all := d.done("providers", "list", "--all")
	assert.Empty(t, all.stderr)
	assert.Greater(t, len(strings.Split(strings.TrimSpace(all.stdout), "\n")), 2)
	many := d.done("providers", "list", "--limit", "101")
	assert.Equal(t, all.stdout, many.stdout)
	assert.Positive(t, sb.Requests("ListProviders"))
}

func TestABodyComesFromStandardInput(t *testing.T) {
	for _, row := range []struct {
		name, stdin string
		args        []string
		code        int
		message     string
	}{
		{name: "alone", stdin: `{"client_id":"CLIENT","pass_id":"PASS"}`, code: cli.ExitDone},
		{name: "flags replace fields", stdin: `{"client_id":"CLIENT","pass_id":"none"}`, args: []string{"--body", "-", "--pass-id", "PASS"}, code: cli.ExitDone},
		{name: "it is not read beside flags", stdin: "the next lines of a loop", args: []string{"--client-id", "CLIENT", "--pass-id", "PASS"}, code: cli.ExitDone},
		{name: "an unknown field", stdin: `{"client_id":"CLIENT","pass_id":"PASS","pasid":"x"}`, code: cli.ExitUsage, message: `no field "pasid"`},
		{name: "a field in another case", stdin: `{"Client_ID":"CLIENT","pass_id":"PASS"}`, code: cli.ExitUsage, message: "Client_ID"},
		{name: "an unknown field, allowed", stdin: `{"client_id":"CLIENT","pass_id":"PASS","gift":true}`, args: []string{"--allow-extra-fields"}, code: cli.ExitDone},
		{name: "a field twice", stdin: `{"client_id":"CLIENT","client_id":"x","pass_id":"PASS"}`, code: cli.ExitUsage, message: `the body's field "client_id" is given twice`},
		{name: "a field of another type", stdin: `{"client_id":"CLIENT","pass_id":4242424242}`, code: cli.ExitUsage, message: "pass_id"},
		{name: "no object", stdin: `["client_id"]`, code: cli.ExitUsage, message: "not a JSON object"},
		{name: "no JSON", stdin: `client_id=4242424242`, code: cli.ExitUsage, message: "the body is no JSON document"},
		{
			name: "it is not read beside flags, of which one is missing", stdin: `{"pass_id":"PASS"}`, args: []string{"--client-id", "CLIENT"},
			code: cli.ExitUsage, message: `missing --pass-id (beside flags, standard input is not read: "--body -" reads it)`,
		},
		{name: "nothing", code: cli.ExitUsage, message: "missing --client-id, --pass-id"},
	} {
		t.Run(row.name, func(t *testing.T) {
			d, sb := bardgeDesk(t)
			fill := strings.NewReplacer("CLIENT", sb.Seed.ClientID, "PASS", sb.Seed.PassID)
			args := []string{"issued-passes", "issue"}
			for _, arg := range row.args {
				args = append(args, fill.Replace(arg))
			}
			d.stdin = fill.Replace(row.stdin)
			r := d.run(args...)
			assert.Equal(t, row.code, r.code, r.stderr)
			assert.Contains(t, r.stderr, row.message)
			assert.NotContains(t, r.stderr, "4242424242", "a value of the body")
			assert.Equal(t, row.code == cli.ExitDone, sb.Executed("IssuePass") == 1)
		})
	}
}

func TestANestedUnknownFieldIsRefused(t *testing.T) {
	d, sb := bluesnapDesk(t)
	d.stdin = `{"amount":"1.00","currency":"USD","cardTransactionType":"AUTH_CAPTURE","creditCard":{"cardnumber":"4263982640269299"}}`
	r := d.run("bluesnap", "transactions", "create")
	assert.Equal(t, cli.ExitUsage, r.code)
	assert.Contains(t, r.stderr, `"creditCard.cardnumber"`)
	assert.NotContains(t, r.stderr, "42639826")
	assert.Empty(t, sb.Ledger())
}

func TestSecretsAreDataAndNothingElse(t *testing.T) {
	d, sb := bardgeDesk(t)
	lookup := d.field("id", "lookups", "initiate", "--issuer-id", sb.Seed.IssuerID, "--client-id", sb.Seed.OtherClientID)
	code := d.file(sb.Seed.OtherAccessCode)
	r := d.done("lookups", "verify", lookup, "--access-code-file", code, "-o", "json", "--verbose", "--timeline")
	verified := object(t, r.stdout)
	token, ok := verified["token"].(string)
	if !ok {
		token, ok = verified["lookup_token"].(string)
	}
	require.True(t, ok, r.stdout)
	d.set("BARDGE_LOOKUP_TOKEN", token)
	client := d.done("clients", "get", sb.Seed.OtherClientID, "--verbose")
	for _, secret := range []string{token, sb.APIKey, sb.Seed.OtherAccessCode} {
		assert.NotContains(t, r.stderr+client.stderr, secret)
	}
}

func TestStandardErrorIsJSONLines(t *testing.T) {
	d, sb := bardgeDesk(t)
	sb.Next("IssuePass", "lose-response")
	r := d.run(issue(sb, "-o", "json", "--verbose", "--timeline", "--max-attempts", "1")...)
	assert.Equal(t, cli.ExitUnknown, r.code)
	var attempts []any
	for line := range strings.Lines(r.stderr) {
		if found, ok := object(t, line)["timeline"]; ok {
			attempts = found.([]any)
		}
	}
	require.Len(t, attempts, 1)
	first := attempts[0].(map[string]any)
	assert.NotEmpty(t, first["start"])
	assert.Equal(t, "ambiguous", first["verdict"])
}

func TestNoColourReachesAPipe(t *testing.T) {
	d, _ := bardgeDesk(t)
	assert.NotContains(t, d.done("passes", "list").stdout, "\x1b")
}

// The token is the whole purpose of the call; elsewhere its type hides it.
func TestATokenForPaymentFieldsIsPrinted(t *testing.T) {
	d, _ := bluesnapDesk(t)
	for _, format := range []string{"table", "json", "yaml"} {
		r := d.run("bluesnap", "payment-fields", "create-token", "-o", format, "--verbose")
		assert.Equal(t, cli.ExitDone, r.code, r.stderr)
		assert.Regexp(t, `token"?:?\s+"?sandbox-token-\d{4}`, r.stdout)
		assert.NotContains(t, r.stderr, "sandbox-token")
	}
}
