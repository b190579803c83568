package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

var (
	anAge     = regexp.MustCompile(`\b\d+s\b`)
	someCount = regexp.MustCompile(`((?:age|oldest)_seconds"?: +)\d+`)

	blanksAtEnd = regexp.MustCompile(`(?m) +$`)
)

// stable replaces what differs from run to run: keys, times, ages and the API's
// address. Keys and ages keep their length, so that columns stay where they are.
func (o *office) stable(text string) string {
	text = strings.ReplaceAll(text, o.url, "URL")
	text = aKey.ReplaceAllString(text, "00000000-0000-0000-0000-000000000000")
	text = aTime.ReplaceAllString(text, "TIME")
	text = someCount.ReplaceAllString(text, "${1}0")
	text = anAge.ReplaceAllStringFunc(text, func(s string) string { return "0s" + strings.Repeat(" ", len(s)-len("0s")) })
	return blanksAtEnd.ReplaceAllString(text, "")
}

// printed compares what a command prints, to standard output and then to standard
// error, with a file.
func (o *office) printed(file string, args ...string) {
	o.Helper()
	r := o.done(append([]string{"journal"}, args...)...)
	text := r.stdout
	if r.stderr != "" {
		text += "--- standard error\n" + r.stderr
	}
	golden(o.T, "journal/"+file, o.stable(text))
}

// filled makes operations of each state.
func (o *office) filled(c *bardge.Client) {
	o.Helper()
	o.issue(c, "order-1", true)
	o.issue(c, "order-2", false)
	_, _, err := c.IssuedPasses.Issue(o.Context(), bardge.IssuePassParams{ClientID: "nobody", PassID: "none"}, bardge.WithRef("order-3"))
	require.Equal(o, bardge.OutcomeRejected, bardge.OutcomeOf(err))
	o.lookup(c, "order-4")
	o.sandbox.Next(sandbox.PurchaseCredits, sandbox.LoseResponse)
	_, _, err = c.Credits.Purchase(o.Context(), bardge.PurchaseCreditsParams{
		ClientID: o.sandbox.Seed.ClientID, PackageID: o.sandbox.Seed.CreditPackageID,
	}, bardge.WithMaxAttempts(1))
	require.Equal(o, bardge.OutcomeUnknown, bardge.OutcomeOf(err))
}

// TestWhatAJournalShowsIsAsItWas compares what looking prints with files, which
// are the same for each kind of journal.
func TestWhatAJournalShowsIsAsItWas(t *testing.T) {
	t.Parallel()
	inOffice(t, func(_ *testing.T, o *office) {
		o.filled(o.program(secret))
		for name, args := range map[string][]string{
			"list":      {"list"},
			"list-any":  {"list", "--state", "any"},
			"show-open": {"show", "order-1"},
			"show-done": {"show", "order-2"},
			"show-free": {"show", "order-3"},
			"show-find": {"show", "order-4"},
			"stats":     {"stats"},
			"recover":   {"recover", "--dry-run"},
			"reseal":    {"reseal", "--dry-run"},
			"rebind":    {"rebind", "--account", "acme-2", "--dry-run"},
		} {
			for _, format := range []string{"table", "json", "yaml"} {
				o.printed(name+"."+format, append(args, "-o", format)...)
			}
		}
	})
}

// TestWhatAJournalsTablesShowIsAsItWas: these differ by the kind of journal.
func TestWhatAJournalsTablesShowIsAsItWas(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	o.printed("migrate-create.table", "migrate", "--create")
	o.filled(o.program(secret))
	for _, format := range []string{"table", "json", "yaml"} {
		o.printed("migrate."+format, "migrate", "-o", format)
		o.printed("check."+format, "check", "-o", format)
	}
}

// TestWhatAJournalsChangesPrintIsAsItWas: each changes the journal, and prints
// what there is then.
func TestWhatAJournalsChangesPrintIsAsItWas(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	o.filled(c)
	o.lookup(c, "order-5")
	o.printed("recovered.table", "recover", "--operation", "IssuePass")
	o.printed("resolved.table", "resolve", "order-4", "--executed", "lookup_0001", "--by", "ada", "--note", "ticket 4711", "--yes")
	o.printed("resolved.json", "resolve", "order-5", "--executed-without-id", "--by", "ada", "--yes", "-o", "json")
	o.printed("erased.table", "erase", "order-4", "--yes")
	o.printed("erased.yaml", "erase", "order-2", "--yes", "-o", "yaml")
	o.printed("resealed.table", "reseal")
	o.printed("rebound.table", "rebind", "--account", "acme-2", "--yes")
	assert.Equal(t, 2, o.sandbox.Executed(sandbox.IssuePass), "order-1 and order-2, once each")
}
