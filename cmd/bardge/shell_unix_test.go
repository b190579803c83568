//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/sandbox"
)

// TestACommandLineForAnyRefWorks: the command that show prints names the ref in a
// shell, and ends no flag or word of its own.
func TestACommandLineForAnyRefWorks(t *testing.T) {
	bash, err := exec.LookPath("bash")
	require.NoError(t, err)
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

// An interrupt ends a call and a recovery within their own words: what they have
// sent may have been executed.
func TestAnInterruptLeavesTheOperationOpen(t *testing.T) {
	t.Parallel()
	o := shop(t, sqliteStore(t))
	for _, args := range [][]string{issue(o.sandbox, "--ref", "order-17", "-o", "json"), {"journal", "recover", "-o", "json"}} {
		cmd, text := o.held(sandbox.IssuePass, never, 1, args...)
		require.NoError(t, cmd.Process.Signal(os.Interrupt))
		require.Error(t, cmd.Wait())
		assert.Equal(t, cli.ExitUnknown, cmd.ProcessState.ExitCode(), text.stderr.String())
		assert.Empty(t, text.stdout.String())
		report := object(t, text.stderr.String())
		assert.Contains(t, report["error"].(string)+report["next"].(string), "may have been executed")
		assert.NotContains(t, report["error"], "context canceled", "words of Go")
		o.done("journal", "show", "order-17")
	}
	require.Equal(t, "open", object(t, o.done("journal", "show", "order-17", "-o", "json").stdout)["state"])
	o.done(issue(o.sandbox, "--ref", "order-17")...)
	assert.Equal(t, 1, o.sandbox.Executed(sandbox.IssuePass))
}
