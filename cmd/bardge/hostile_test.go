package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hostile is a ref that would recolour a terminal, clear its line, write a line
// of its own and turn the direction of text.
const hostile = "order'\x1b[31m\x1b[2K\r\nIssuePass order-2: done\u009b1m\u202e\\ \x7f$(id)"

// assertHarmless fails for text that does more to a terminal than to be shown.
func assertHarmless(t *testing.T, text string, what string) {
	t.Helper()
	assert.NotContains(t, text, "\nIssuePass order-2", what)
	for _, r := range text {
		require.True(t, r == '\n' || unicode.IsPrint(r), "%q in %q: %s", r, text, what)
	}
}

// TestAHostileRefIsShownAsItIs: whoever orders may choose the ref, and an
// operator's terminal shows it and does nothing else.
func TestAHostileRefIsShownAsItIs(t *testing.T) {
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

// TestACommandLineForAnyRefWorks: the command that show prints names the ref in a
// shell, and ends no flag or word of its own.
func TestACommandLineForAnyRefWorks(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("needs bash")
	}
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	o.set("BARDGE_JOURNAL", "") // the command line names it
	o.set("PATH", filepath.Dir(program))
	for i, ref := range []string{hostile, "--yes", "- x", "it's"} {
		o.lookup(c, ref)
		shown := object(t, o.done("journal", "show", "--journal", o.address, "-o", "json", "--", ref).stdout)
		command := shown["next"].(map[string]any)["commands"].([]any)[0].(string)
		fill := strings.NewReplacer("resolve", "resolve --yes -o json", "--executed ID", fmt.Sprintf("--executed lookup_%d", i))
		line := exec.Command(bash, "-c", fill.Replace(command))
		line.Env = o.env
		out, err := line.Output()
		require.NoError(t, err, command)
		resolved := object(t, string(out))
		assert.Equal(t, ref, resolved["ref"])
		assert.Equal(t, "done", resolved["state"])
	}
}
