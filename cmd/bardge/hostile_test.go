package main

import (
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hostile is a ref that would recolour a terminal, clear its line, write a line
// of its own and turn the direction of text.
const hostile = "order'\x1b[31m\x1b[2K\r\nIssuePass order-2: done\u009b1m\u202e\\ \x7f$(id)"

// assertHarmless fails for text that does more to a terminal than to be shown.
func assertHarmless(t *testing.T, text, what string) {
	t.Helper()
	assert.NotContains(t, text, "\nIssuePass order-2", what)
	for _, r := range text {
		require.True(t, r == '\n' || unicode.IsPrint(r), "%q in %q: %s", r, text, what)
	}
}

// TestAHostileRefIsShownAsItIs: a customer may choose a ref, and an operator's
// terminal shows it and does nothing else.
func TestAHostileRefIsShownAsItIs(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	o.issue(c, hostile, true)
	for _, args := range [][]string{
		{"list"},
		{"show", hostile},
		{"stats"},
		{"recover", "--dry-run"},
		{"show", hostile + "?"},
		{"resolve", hostile, "--executed", "none", "--by", "ada\x1b[0m", "--yes"},
		{"erase", hostile, "--yes"},
		{"erase", hostile},
		{"list", hostile},
		{hostile},
	} {
		for _, format := range []string{"table", "json", "yaml"} {
			r := o.run(append([]string{"journal", "-o", format}, args...)...)
			assertHarmless(t, r.stdout, format+" of "+args[0])
			assertHarmless(t, r.stderr, format+" of "+args[0])
		}
	}
	require.Equal(t, hostile, list(t, o.done("journal", "list", "-o", "json").stdout)[0]["ref"], "data is as it is")
}
