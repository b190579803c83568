package main

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
)

// TestWrongUsageIsNamedInTheCommandLinesWords: not in those of the SDK, of Go or
// of cobra.
func TestWrongUsageIsNamedInTheCommandLinesWords(t *testing.T) {
	d, sb := bardgeDesk(t)
	b, _ := bluesnapDesk(t)
	for _, row := range []struct {
		name, stdin, want string
		desk              *desk
		args              []string
	}{
		{name: "attempts", args: issue(sb, "--max-attempts", "0"), want: "--max-attempts is less than 1\n"},
		{name: "a time", args: issue(sb, "--timeout", "-1s"), want: "--timeout is not positive\n"},
		{
			name: "a base URL", args: issue(sb, "--base-url", "http://example.com"),
			want: "the base URL ",
		},
		{
			name: "a merchant id", desk: b, args: []string{"bluesnap", "transactions", "find", "order-17"},
			want: "--merchant-id or BLUESNAP_MERCHANT_ID is needed\n",
		},
		{
			name: "a merchant id that is none", desk: b,
			args: []string{"bluesnap", "transactions", "find", "order-17", "--merchant-id", "x"},
			want: "--merchant-id or BLUESNAP_MERCHANT_ID is not a number\n",
		},
		{
			name: "a field's type", args: issue(sb, "--body", "-"), stdin: `{"first_name":1}`,
			want: "the field first_name is not a text\n",
		},
		{name: "a number", args: []string{"journal", "list", "--limit", "x"}, want: "--limit: \"x\" is not a whole number (see"},
		{name: "a duration", args: []string{"journal", "list", "--older-than", "10"}, want: "--older-than: \"10\" is not a time such as 30s or 10m (see"},
		{name: "a switch", args: []string{"journal", "recover", "--dry-run=maybe"}, want: "--dry-run: \"maybe\" is not true or false (see"},
		{name: "a negative limit", args: []string{"journal", "recover", "--limit", "-1"}, want: "--limit and --older-than must not be negative\n"},
		{name: "two ways to page", args: []string{"passes", "list", "--all", "--limit", "3"}, want: "give either --all or --limit\n"},
		{name: "a missing argument", args: []string{"man"}, want: "missing argument FOLDER (see \"bardge man --help\")\n"},
		{name: "an argument too many", args: []string{"version", "x"}, want: "unexpected argument \"x\" (see \"bardge version --help\")\n"},
		{name: "no help", args: []string{"help", "bogus"}, want: "unknown command \"bogus\" for \"bardge\""},
		{name: "no help on a subcommand", args: []string{"help", "passes", "lst"}, want: "unknown command \"lst\" for \"bardge passes\", did you mean \"list\"?"},
		{name: "no such shell", args: []string{"completion", "bogus"}, want: "unknown command \"bogus\" for \"bardge completion\""},
	} {
		t.Run(row.name, func(t *testing.T) {
			on := d
			if row.desk != nil {
				on = row.desk
				on.set("BLUESNAP_MERCHANT_ID", "")
			}
			on.T, on.stdin = t, row.stdin
			r := on.run(row.args...)
			assert.Equal(t, cli.ExitUsage, r.code, r.stderr)
			assert.Regexp(t, "^"+regexp.QuoteMeta(row.want), r.stderr)
			assert.NotRegexp(t, `With[A-Z]|bardge:|bluesnap:`, r.stderr)
			assert.Empty(t, r.stdout)
		})
	}
	assert.Empty(t, sb.Ledger())
	d.T = t
	assert.Contains(t, d.done("help", "passes", "list").stdout, "bardge passes list")
	assert.Contains(t, d.done("help").stdout, "Exit codes:")
	assert.Contains(t, d.done("completion").stdout, "bash")
}
