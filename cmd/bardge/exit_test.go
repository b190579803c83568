package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
)

// issue is a command line that issues a pass.
func issue(sb *sandbox.Sandbox, more ...string) []string {
	return append([]string{"issued-passes", "issue", "--client-id", sb.Seed.ClientID, "--pass-id", sb.Seed.PassID}, more...)
}

func TestExitCodes(t *testing.T) {
	for _, row := range []struct {
		name     string
		faults   []sandbox.Fault
		args     []string // instead of issuing a pass
		more     []string
		env      string
		code     int
		executed int
		outcome  string
	}{
		{name: "done", code: cli.ExitDone, executed: 1},
		{name: "done after a lost response", faults: []sandbox.Fault{sandbox.LoseResponse}, code: cli.ExitDone, executed: 1},
		{name: "rejected", args: []string{"issued-passes", "get", "none"}, code: cli.ExitFailed, outcome: "rejected"},
		{
			name: "not sent", more: []string{"--base-url", "http://127.0.0.1:1", "--max-attempts", "1"},
			code: cli.ExitFailed, outcome: "not sent",
		},
		{
			name: "unknown", faults: []sandbox.Fault{sandbox.LoseResponse}, more: []string{"--max-attempts", "1"},
			code: cli.ExitUnknown, executed: 1, outcome: "unknown",
		},
		{
			name: "unknown, as the call's time is over", faults: []sandbox.Fault{sandbox.DelayAfter(time.Minute)},
			more: []string{"--timeout", "500ms"}, code: cli.ExitUnknown, executed: 1, outcome: "unknown",
		},
		{name: "a read that fails is no operation in doubt", args: []string{"issued-passes", "get", "x", "--timeout", "1ns"}, code: cli.ExitFailed},
		{name: "credentials are missing", env: "BARDGE_API_KEY=", code: cli.ExitCredentials},
		{name: "credentials are refused", env: "BARDGE_API_KEY=wrong", code: cli.ExitCredentials, outcome: "rejected"},
		{name: "a file of credentials is missing", more: []string{"--api-key-file", "none"}, code: cli.ExitCredentials},
		{name: "no such command", args: []string{"issued-passes", "isue"}, code: cli.ExitUsage},
		{name: "no such flag", more: []string{"--color"}, code: cli.ExitUsage},
		{name: "a flag's value", args: []string{"providers", "list", "--lat", "NaN"}, code: cli.ExitUsage},
		{name: "an argument too few", args: []string{"bookings", "cancel"}, code: cli.ExitUsage},
		{name: "an argument too many", args: []string{"bookings", "cancel", "a", "b"}, code: cli.ExitUsage},
		{name: "a required field is missing", args: []string{"issued-passes", "issue", "--client-id", "x"}, code: cli.ExitUsage},
		{name: "a setting that the client refuses", more: []string{"--max-attempts", "0"}, code: cli.ExitUsage},
		{name: "a base URL that is not safe", more: []string{"--base-url", "http://example.com"}, code: cli.ExitUsage},
		{name: "two ways to page", args: []string{"passes", "list", "--all", "--limit", "3"}, code: cli.ExitUsage},
		{name: "a ref without a journal", more: []string{"--ref", "order-17"}, code: cli.ExitUsage},
		{name: "a ref and a key", more: []string{"--ref", "order-17", "--key", "k"}, code: cli.ExitUsage},
		{name: "a key that says not since when", more: []string{"--sent-key", "k"}, code: cli.ExitUsage},
		{name: "a journal without an account", more: []string{"--journal", "JOURNAL"}, code: cli.ExitUsage},
		{name: "a password in a flag", more: []string{"--journal", "postgres://me:secret@db/x"}, code: cli.ExitUsage},
		{name: "a key that is past its window", more: []string{"--sent-key", "k", "--sent-at", "2026-01-01T00:00:00Z"}, code: cli.ExitUnknown, outcome: "unknown"},
	} {
		t.Run(row.name, func(t *testing.T) {
			d, sb := bardgeDesk(t)
			t.Chdir(t.TempDir())
			sb.Next(sandbox.IssuePass, row.faults...)
			if row.env != "" {
				d.env = append(d.env, row.env)
			}
			args := row.args
			if args == nil {
				args = issue(sb)
			}
			for _, arg := range row.more {
				args = append(args, strings.Replace(arg, "JOURNAL", d.journal(), 1))
			}
			r := d.run(append(args, "-o", "json")...)
			assert.Equal(t, row.code, r.code, r.stderr)
			assert.Equal(t, row.executed, sb.Executed(sandbox.IssuePass))
			if row.code == cli.ExitDone {
				assert.Equal(t, "issued_pass", object(t, r.stdout)["object"])
				return
			}
			assert.Empty(t, r.stdout)
			report := object(t, r.stderr)
			assert.Equal(t, json.Number(strconv.Itoa(row.code)), report["exit_code"])
			if row.outcome != "" {
				assert.Equal(t, row.outcome, report["outcome"])
			}
			assert.NotContains(t, r.stderr, "secret")
		})
	}
}

// A read changes nothing: without its response it has failed, and leaves nothing
// in doubt.
func TestAReadWithoutItsResponseHasFailed(t *testing.T) {
	for _, fault := range []sandbox.Fault{sandbox.LoseResponse, sandbox.CutResponse} {
		for _, format := range []string{"table", "json"} {
			d, sb := bardgeDesk(t)
			sb.Next(sandbox.ListPasses, fault)
			r := d.run("passes", "list", "--max-attempts", "1", "-o", format)
			assert.Equal(t, cli.ExitFailed, r.code)
			assert.Contains(t, r.stderr, "ListPasses: failed: ")
			assert.NotContains(t, r.stderr, "unknown")
			assert.NotContains(t, r.stderr, "done")
			if format == "json" {
				assert.Equal(t, "failed", object(t, r.stderr)["outcome"])
			}
		}
	}
}

func TestAnOperationInDoubtIsResumedByTheCommandShown(t *testing.T) {
	d, sb := bardgeDesk(t)
	sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
	r := d.run(issue(sb, "--first-name", "Ada O'Neil", "--max-attempts", "1", "-o", "json")...)
	require.Equal(t, cli.ExitUnknown, r.code)
	report := object(t, r.stderr)
	assert.NotEmpty(t, report["safe_until"])
	assert.Contains(t, report["next"], "until")
	command, ok := report["command"].(string)
	require.True(t, ok)
	assert.Contains(t, command, `'Ada O'\''Neil'`)

	shell := exec.Command("sh", "-c", command)
	d.set("PATH", filepath.Dir(program))
	shell.Env = d.env
	out, err := shell.Output()
	require.NoError(t, err)
	assert.Equal(t, "issued_pass", object(t, string(out))["object"])
	assert.Equal(t, 1, sb.Executed(sandbox.IssuePass))
	assert.Equal(t, 2, sb.Requests(sandbox.IssuePass))
}

func TestReplayedAndRecordedResultsAreMentioned(t *testing.T) {
	d, sb := bardgeDesk(t)
	sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
	assert.Contains(t, d.done(issue(sb)...).stderr, "nothing was executed again")

	d.set("BARDGE_JOURNAL", d.journal())
	d.set("BARDGE_ACCOUNT", "acme")
	first := d.done(issue(sb, "--ref", "order-17")...)
	second := d.done(issue(sb, "--ref", "order-17")...)
	assert.Empty(t, first.stderr)
	assert.Contains(t, second.stderr, "nothing was sent")
	assert.Equal(t, first.stdout, second.stdout)
	assert.Equal(t, 2, sb.Executed(sandbox.IssuePass))
}

func TestARefInDoubtIsRepeatedAsItIs(t *testing.T) {
	d, sb := bardgeDesk(t)
	sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
	args := issue(sb, "--ref", "order-17", "--journal", d.journal(), "--account", "acme")
	r := d.run(append(args, "--max-attempts", "1")...)
	assert.Equal(t, cli.ExitUnknown, r.code)
	assert.Contains(t, r.stderr, "bardge issued-passes issue")
	assert.NotContains(t, r.stderr, "--sent-key")
	d.done(args...)
	assert.Equal(t, 1, sb.Executed(sandbox.IssuePass))
}

func TestAJournalThatIsMissingIsNotMade(t *testing.T) {
	d, sb := bardgeDesk(t)
	path := filepath.Join(t.TempDir(), "misspelt.db")
	r := d.run(issue(sb, "--ref", "order-17", "--journal", "sqlite:"+path, "--account", "acme")...)
	assert.Equal(t, cli.ExitFailed, r.code)
	assert.Contains(t, r.stderr, "migrate --create")
	assert.NoFileExists(t, path)
	assert.Empty(t, sb.Ledger())
}

func TestWhatIsDoneAlreadyIsDone(t *testing.T) {
	d, sb := bardgeDesk(t)
	booking := d.field("booking_id", "bookings", "book-class",
		"--class-instance-id", sb.Seed.ClassInstanceID, "--client-id", sb.Seed.ClientID)
	d.done("bookings", "cancel", booking)
	again := d.run("bookings", "cancel", booking)
	assert.Equal(t, cli.ExitDone, again.code)
	assert.Contains(t, again.stderr, "already_cancelled")
}

func TestAnIncompleteResultIsPartlyDoneAndShown(t *testing.T) {
	d, sb := bardgeDesk(t)
	const raw = `{"object":"issued_pass","passcode":"X"}` // has no id
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, raw)
	}))
	t.Cleanup(server.Close)
	d.set("BARDGE_BASE_URL", server.URL)
	r := d.run(issue(sb, "--max-attempts", "1", "-o", "json")...)
	assert.Equal(t, cli.ExitPartly, r.code)
	assert.JSONEq(t, raw, r.stdout)
	lines := strings.Split(strings.TrimSpace(r.stderr), "\n")
	require.Len(t, lines, 2)
	assert.Contains(t, object(t, lines[0])["note"], "missing field: IssuedPass.id")
	assert.Contains(t, object(t, lines[1])["next"], "What came is printed, and lacks an essential field")
}

// TestShowNamesAResultThatIsLost: what was executed, and whose result the journal
// does not have, is to be looked up, and not run again.
func TestShowNamesAResultThatIsLost(t *testing.T) {
	d, sb := bardgeDesk(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "500")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"object":"issued_pass",`) // is cut off
	}))
	t.Cleanup(server.Close)
	d.set("BARDGE_JOURNAL", d.journal())
	d.set("BARDGE_ACCOUNT", "acme")
	d.set("BARDGE_JOURNAL_SECRET", secret)
	whole := d.done(issue(sb, "--ref", "whole", "-o", "json")...)
	d.done("journal", "erase", "whole", "--yes")
	assert.Contains(t, d.done("journal", "show", "whole").stdout, "its result was erased. Nothing has to be done.")
	again := d.run(issue(sb, "--ref", "whole", "-o", "json")...)
	assert.Equal(t, cli.ExitPartly, again.code)
	assert.Contains(t, again.stderr, "it was erased from the journal; the operation made")
	assert.Contains(t, again.stderr, object(t, whole.stdout)["id"])
	assert.Equal(t, 1, sb.Executed(sandbox.IssuePass))

	fresh := d.journal()
	d.set("BARDGE_JOURNAL", fresh)
	d.set("BARDGE_BASE_URL", server.URL)
	r := d.run(issue(sb, "--ref", "lost", "--max-attempts", "1")...)
	require.Equal(t, cli.ExitPartly, r.code, r.stderr)
	shown := d.done("journal", "show", "lost").stdout
	assert.Contains(t, shown, "It was executed, and its result is lost. Look it up at the vendor")
	assert.NotContains(t, shown, "Nothing has to be done")
}

func TestAnInterruptEndsACallWithWhatIsKnown(t *testing.T) {
	for _, row := range []struct {
		name string
		args func(sb *sandbox.Sandbox) []string
		code int
	}{
		{name: "an operation is in doubt", args: func(sb *sandbox.Sandbox) []string { return issue(sb) }, code: cli.ExitUnknown},
		{name: "a read is cancelled", args: func(*sandbox.Sandbox) []string { return []string{"passes", "list"} }, code: cli.ExitCancelled},
	} {
		t.Run(row.name, func(t *testing.T) {
			d, sb := bardgeDesk(t)
			arrived := make(chan struct{}, 10)
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				arrived <- struct{}{}
				<-r.Context().Done()
			}))
			t.Cleanup(server.Close)
			d.set("BARDGE_BASE_URL", server.URL)
			cmd := exec.Command(program, row.args(sb)...)
			cmd.Env = d.env
			require.NoError(t, cmd.Start())
			<-arrived
			require.NoError(t, cmd.Process.Signal(os.Interrupt))
			_ = cmd.Wait()
			assert.Equal(t, row.code, cmd.ProcessState.ExitCode())
		})
	}
}

func TestBlueSnapsRejectionsHaveTheirCode(t *testing.T) {
	d, _ := bluesnapDesk(t)
	d.stdin = `{"cardTransactionType":"AUTH_CAPTURE","amount":"` + bluesnaptest.AmountDeclined + `","currency":"USD","vaultedShopperId":"19000001"}`
	r := d.run("bluesnap", "transactions", "create", "-o", "json")
	assert.Equal(t, cli.ExitFailed, r.code)
	report := object(t, r.stderr)
	assert.Equal(t, "rejected", report["outcome"])
	assert.NotEmpty(t, report["code"])
	d.env = append(d.env, "BLUESNAP_PASSWORD=wrong")
	assert.Equal(t, cli.ExitCredentials, d.run("bluesnap", "transactions", "get", "38000001").code)
}
