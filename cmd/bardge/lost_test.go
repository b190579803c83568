//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/sandbox"
)

// unread runs the command with a standard output whose reader has gone.
func (d *desk) unread(args ...string) result {
	d.Helper()
	reader, writer, err := os.Pipe()
	require.NoError(d, err)
	require.NoError(d, reader.Close())
	defer writer.Close()
	return d.printing(writer, args...)
}

// printing runs the command with this standard output.
func (d *desk) printing(stdout *os.File, args ...string) result {
	d.Helper()
	cmd := exec.CommandContext(d.Context(), program, args...)
	var stderr bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = d.env, stdout, &stderr
	_ = cmd.Run() // the code has what is to be known
	return result{code: cmd.ProcessState.ExitCode(), stderr: stderr.String()}
}

// TestAResultThatWasNotPrintedIsPrintedByTheCommandShown: a pipe that is closed
// or a file that is full hides what was executed.
func TestAResultThatWasNotPrintedIsPrintedByTheCommandShown(t *testing.T) {
	outputs := map[string]func(d *desk, args ...string) result{"a closed pipe": (*desk).unread}
	if full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0); err == nil {
		t.Cleanup(func() { _ = full.Close() })
		outputs["a full file"] = func(d *desk, args ...string) result { return d.printing(full, args...) }
	}
	for name, run := range outputs {
		for _, row := range []struct{ name, shown string }{
			{name: "with a ref", shown: "--ref order-17"},
			{name: "without a ref", shown: "--sent-key "},
		} {
			t.Run(name+" "+row.name, func(t *testing.T) {
				d, sb := bardgeDesk(t)
				args := issue(sb, "-o", "json")
				if row.shown == "--ref order-17" {
					d.set("BARDGE_JOURNAL", d.journal())
					d.set("BARDGE_ACCOUNT", "acme")
					args = append(args, "--ref", "order-17")
				}
				r := run(d, args...)
				assert.Equal(t, cli.ExitPartly, r.code, r.stderr)
				report := object(t, r.stderr)
				assert.Contains(t, report["error"], "the operation is done, and its result was not printed")
				require.Contains(t, report["command"], row.shown)
				out, err := d.shell(report["command"].(string))
				require.NoError(t, err)
				assert.Equal(t, sb.Ledger()[0].Resource, object(t, out)["id"])
				assert.Equal(t, 1, sb.Executed(sandbox.IssuePass))
			})
		}
	}
}

// TestAReadThatLosesItsReaderIsQuiet: as "head" does.
func TestAReadThatLosesItsReaderIsQuiet(t *testing.T) {
	d, _ := bardgeDesk(t)
	assert.Equal(t, result{code: cli.ExitClosedPipe}, d.unread("passes", "list", "-o", "json"))
}

// TestALostResponseIsReadAgainUnderItsKey: the API keeps it for as long as it
// knows the key, whatever this command's journal has.
func TestALostResponseIsReadAgainUnderItsKey(t *testing.T) {
	for _, row := range []struct {
		name    string
		journal bool
		more    []string
		shown   bool
	}{
		{name: "a key of the command", shown: true},
		{name: "a key", more: []string{"--key", "k-0123456789"}, shown: true},
		{name: "a ref", journal: true, more: []string{"--ref", "order-17"}, shown: true},
		{name: "a ref, joined", journal: true, more: []string{"--ref=order-17"}, shown: true},
		{name: "a key that the journal has as done", journal: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			d, sb := bardgeDesk(t)
			if row.journal {
				d.set("BARDGE_JOURNAL", d.journal())
				d.set("BARDGE_ACCOUNT", "acme")
			}
			sb.Next(sandbox.IssuePass, sandbox.CutResponse)
			args := issue(sb, append([]string{"-o", "json"}, row.more...)...)
			r := d.run(append(args, "--max-attempts", "1")...)
			assert.Equal(t, cli.ExitPartly, r.code, r.stderr)
			report := object(t, r.stderr)
			if !row.shown {
				assert.NotContains(t, report, "command")
				return
			}
			assert.Contains(t, report["next"], "executes nothing")
			require.Contains(t, report["command"], "--sent-key ")
			out, err := d.shell(report["command"].(string))
			require.NoError(t, err)
			assert.NotEmpty(t, object(t, out)["passcode"])
			assert.Equal(t, 1, sb.Executed(sandbox.IssuePass))
		})
	}
}

// TestARefWithoutAResultSaysSo: it was executed, and the same command shows no
// result.
func TestARefWithoutAResultSaysSo(t *testing.T) {
	d, sb := bardgeDesk(t)
	d.set("BARDGE_JOURNAL", d.journal())
	d.set("BARDGE_ACCOUNT", "acme")
	sb.Next(sandbox.IssuePass, sandbox.CutResponse)
	args := issue(sb, "--ref", "order-17", "-o", "json")
	assert.Equal(t, cli.ExitPartly, d.run(append(args, "--max-attempts", "1")...).code)
	r := d.run(args...)
	assert.Equal(t, cli.ExitPartly, r.code)
	report := object(t, r.stderr) // and no note beside it
	assert.Contains(t, report["next"], "Nothing was sent. The journal knows that it was executed, and has no result")
	out, err := d.shell(report["command"].(string))
	require.NoError(t, err)
	assert.Contains(t, out, "order-17")
	assert.Equal(t, 1, sb.Requests(sandbox.IssuePass))
}
