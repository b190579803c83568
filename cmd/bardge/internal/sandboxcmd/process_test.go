package sandboxcmd_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// binary is the command, built once.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "bardge")
	if err == nil {
		binary = filepath.Join(dir, "bardge")
		var output []byte
		if output, err = exec.Command("go", "build", "-o", binary, "../..").CombinedOutput(); err != nil {
			_, _ = os.Stderr.Write(output)
		}
	}
	code := 1
	if err == nil {
		code = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

type result struct {
	code           int
	stdout, stderr string
}

func run(t *testing.T, args ...string) result {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, append([]string{"sandbox"}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return result{exit.ExitCode(), stdout.String(), stderr.String()}
	}
	require.NoError(t, err)
	return result{0, stdout.String(), stderr.String()}
}

// issue is a shell command that issues a pass.
const issue = `curl -s -o /dev/null -X POST "$BARDGE_BASE_URL/issued_passes" -H "Authorization: Bearer $BARDGE_API_KEY" ` +
	`-H 'Content-Type: application/json' -H 'Idempotency-Key: k' -d '{"client_id":"client_ada","pass_id":"pass_premium"}'; `

// reset is a shell command that resets the sandbox.
const reset = `curl -s -o /dev/null -X POST "${BARDGE_SANDBOX_URL}reset"; `

// expect runs "bardge sandbox expect" with a shell command. It needs sh and
// curl.
func expect(t *testing.T, script string, args ...string) result {
	t.Helper()
	return run(t, append(append([]string{"expect"}, args...), "--", "sh", "-c", script)...)
}

func TestExpectComparesCounts(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, script string
		args         []string
		code         int
		stderr       []string
	}{
		{name: "met", script: issue, args: []string{"IssuePass=1", "PurchaseCredits=0"}},
		{name: "replayed", script: issue + issue, args: []string{"IssuePass=1"}},
		{name: "a lost response counts", script: issue + issue, args: []string{"IssuePass=1", "--fault", "IssuePass=lose-response"}},
		{name: "at least", script: issue, args: []string{"IssuePass=1.."}},
		{name: "a range", script: issue, args: []string{"IssuePass=0..2"}},
		{
			name: "too often", script: issue, args: []string{"IssuePass=0"}, code: 6,
			stderr: []string{"expected exactly 0 with operation IssuePass, result executed, found 1", "req_0001", "1 of 1 expectations not met"},
		},
		{
			name: "too rarely", script: issue, args: []string{"IssuePass=2", "PurchaseCredits=0"}, code: 6,
			stderr: []string{"expected exactly 2", "found 1", "brgpass_0001", "1 of 2 expectations not met"},
		},
		{
			name: "a near miss", script: strings.Replace(issue, "pass_premium", "none", 1), args: []string{"IssuePass=1"}, code: 6,
			stderr: []string{"near: request req_0001, result is rejected"},
		},
		{name: "out of range", script: issue, args: []string{"IssuePass=2.."}, code: 6, stderr: []string{"at least 2"}},
		{
			name: "an unknown route", script: strings.Replace(issue, "issued_passes", "passes_issued", 1),
			args: []string{"unknown-route=0"}, code: 6, stderr: []string{"exactly 0 with operation unknown-route", "found 1"},
		},
		{name: "the command fails", script: issue + "exit 9", args: []string{"IssuePass=1"}, code: 9, stderr: []string{"sh: exit status 9"}},
		{
			name: "the command fails and the counts differ", script: issue + "exit 9", args: []string{"IssuePass=2"}, code: 9,
			stderr: []string{"found 1", "sh: exit status 9"},
		},
		{name: "a signal ends the command", script: "kill -KILL $$", args: []string{"IssuePass=0"}, code: 137, stderr: []string{"killed"}},
		{
			name: "lines are dropped", script: issue + issue + issue, args: []string{"IssuePass=1", "--ledger-limit", "1"}, code: 6,
			stderr: []string{"the ledger has dropped 2 lines in scope"},
		},
		{
			name: "a reset hides the execution", script: issue + reset, args: []string{"IssuePass=0"}, code: 6,
			stderr: []string{"a reset removed 1 lines in scope"},
		},
		{name: "a reset of other operations' lines", script: issue + reset, args: []string{"PurchaseCredits=0"}},
		{
			name: "a request is pending at the end", script: strings.Replace(issue, "-s", "-s -m 1", 1) + "true",
			args: []string{"IssuePass=0", "--fault", "IssuePass=delay-before=1000s"}, code: 6,
			stderr: []string{"expected exactly 0 with operation IssuePass, result executed, found 0, and 1 pending"},
		},
		{
			name: "lines of another operation are dropped", script: issue + issue, args: []string{"PurchaseCredits=0", "--ledger-limit", "1"},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := expect(t, row.script, row.args...)
			assert.Equal(t, row.code, got.code, got.stderr)
			for _, text := range row.stderr {
				assert.Contains(t, got.stderr, text)
			}
			if row.code == 0 {
				assert.Empty(t, got.stderr)
			}
			assert.Empty(t, got.stdout, "standard output is the command's")
		})
	}
}

func TestExpectForANodeScript(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is missing") //nolint:forbidigo // CI has it
	}
	script := []string{"--", node, filepath.Join("testdata", "issue.mjs")}
	got := run(t, append([]string{"expect", "IssuePass=3", "--fault", "IssuePass=lose-response"}, append(script, "3")...)...)
	assert.Equal(t, result{}, got)
	got = run(t, append([]string{"expect", "IssuePass=1"}, append(script, "2")...)...)
	assert.Equal(t, 6, got.code)
	assert.Contains(t, got.stderr, "expected exactly 1 with operation IssuePass, result executed, found 2")
}

func TestExpectHasTheEnvironmentOfEachVendor(t *testing.T) {
	const names = `env | grep -E '^(BARDGE|BLUESNAP)_' | grep -vE 'PATH|SCREENSHOTS' | cut -d= -f1 | sort | tr '\n' ' '`
	got := expect(t, names, "IssuePass=0")
	assert.Equal(t, "BARDGE_API_KEY BARDGE_BASE_URL BARDGE_SANDBOX_URL ", got.stdout)
	got = expect(t, names, "CreateCardTransaction=0", "--vendor", "bluesnap")
	assert.Equal(t, "BARDGE_SANDBOX_URL BLUESNAP_BASE_URL BLUESNAP_MERCHANT_ID BLUESNAP_PASSWORD BLUESNAP_USERNAME ", got.stdout)

	pay := `curl -s -o /dev/null -u "$BLUESNAP_USERNAME:$BLUESNAP_PASSWORD" -X POST "$BLUESNAP_BASE_URL/services/2/transactions" ` +
		`-H 'Content-Type: application/json' -d '{"cardTransactionType":"AUTH_CAPTURE","amount":"1.00","currency":"USD","vaultedShopperId":19000001}'`
	got = expect(t, pay, "CreateCardTransaction=1", "--vendor", "bluesnap", "--strict")
	assert.Equal(t, result{}, got)
}

// The lines of the documentation that steer a sandbox do so.
func TestTheDocumentedRequestsAreAccepted(t *testing.T) {
	page, err := os.ReadFile("../../../../docs/testing.md")
	require.NoError(t, err)
	var script strings.Builder
	n := 0
	for line := range strings.SplitSeq(string(page), "\n") {
		if rest, ok := strings.CutPrefix(line, "curl -s "); ok {
			n++
			rest = strings.Replace(rest, "--json ", "-H 'Content-Type: application/json' -d ", 1) // for older curls
			script.WriteString("curl -sS --fail " + rest + "\n")
		}
	}
	require.Equal(t, 5, n)
	got := expect(t, "set -e\n"+script.String(), "IssuePass=0")
	assert.Equal(t, 0, got.code, got.stdout+got.stderr)
	assert.Contains(t, got.stdout, `"brgpass_ada"`)
}

func TestExpectReportsInJSON(t *testing.T) {
	got := expect(t, issue, "IssuePass=0", "-o", "json")
	require.Equal(t, 6, got.code)
	verdict := readVerdict(t, got.stderr)
	assert.Equal(t, "1 of 1 expectations not met", verdict.Error)
	assert.Equal(t, 6, verdict.ExitCode)
	assert.False(t, *verdict.Met)
	assert.Equal(t, 1, verdict.Checks[0].Count)
	require.Len(t, verdict.Ledger, 1)
	assert.Equal(t, "brgpass_0001", verdict.Ledger[0].Resource)

	got = expect(t, issue+"exit 9", "IssuePass=0", "-o", "json")
	verdict = readVerdict(t, got.stderr)
	assert.Equal(t, []int{9, 9, 1}, []int{got.code, verdict.ExitCode, len(verdict.Ledger)})
	assert.Contains(t, expect(t, issue, "IssuePass=0", "-o", "yaml").stderr, "brgpass_0001")
}

type printedVerdict struct {
	Error    string `json:"error"`
	ExitCode int    `json:"exit_code"`
	Met      *bool  `json:"met"`
	Checks   []struct {
		Count int `json:"count"`
	} `json:"checks"`
	Ledger []fakeserver.Line `json:"ledger"`
}

// readVerdict reads one JSON object, and nothing beside it.
func readVerdict(t *testing.T, text string) (v printedVerdict) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(text), &v), text)
	return v
}

func TestALedgersFileThatIsFullIsAWarning(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("/dev/full is missing") //nolint:forbidigo // Linux has it
	}
	got := expect(t, issue, "IssuePass=1", "--ledger", "/dev/full")
	assert.Equal(t, 0, got.code)
	assert.Contains(t, got.stderr, "warning: the ledger's file is not complete")
	got = expect(t, issue, "IssuePass=1", "--ledger", "/dev/full", "-o", "json")
	var note struct {
		Note string `json:"note"`
	}
	require.NoError(t, json.Unmarshal([]byte(got.stderr), &note), got.stderr)
	assert.Contains(t, note.Note, "warning: the ledger's file is not complete")
}

func TestExpectRefusesAWrongCommandLine(t *testing.T) {
	seed := filepath.Join(t.TempDir(), "seed.json")
	require.NoError(t, os.WriteFile(seed, []byte(`{"clients":[{"id":"c","account":"x"}]}`), 0o600))
	for _, row := range []struct{ message, args string }{
		{"no command", "expect IssuePass=1"},
		{"no command", "expect IssuePass=1 --"},
		{"no expectation", "expect -- true"},
		{"is not OPERATION=COUNT", "expect IssuePass -- true"},
		{"is not OPERATION=COUNT", "expect =1 -- true"},
		{"is not OPERATION=COUNT", "expect IssuePass=-1 -- true"},
		{"is not OPERATION=COUNT", "expect IssuePass=3..1 -- true"},
		{"is not OPERATION=COUNT", "expect IssuePass=..1 -- true"},
		{"is expected twice", "expect IssuePass=1 IssuePass=2 -- true"},
		{`no operation "IssuePasses"`, "expect IssuePasses=1 -- true"},
		{`no operation "IssuePass"`, "expect --vendor bluesnap IssuePass=1 -- true"},
		{"does not start", "expect IssuePass=1 -- no-such-program-anywhere"},
		{"--vendor must be", "expect --vendor stripe IssuePass=1 -- true"},
		{"fault", "expect --fault IssuePass=flood IssuePass=1 -- true"},
		{"unknown flag", "expect --ready IssuePass=1 -- true"},
		{"--addr must be a loopback address", "serve --addr 0.0.0.0:0"},
		{"--addr: invalid port 99999", "serve --addr 127.0.0.1:99999"},
		{`--host: "a/b" is not a name`, "serve --host a/b"},
		{`no account is named "x"; add it with --account x:KEY`, "serve --seed SEED"},
		{"--faults: 2 is not between 0 and 1", "serve --faults 2"},
		{"-1s is not positive", "serve --key-memory -1s"},
		{`--cors-origin: "foo" is not an origin`, "serve --cors-origin foo"},
		{"the account a is given twice", "serve --account a:1 --account a:2"},
		{"seed", "serve --seed no-such-file.json"},
		{"unknown command", "serve now"},
	} {
		got := run(t, strings.Fields(strings.Replace(row.args, "SEED", seed, 1))...)
		assert.Equal(t, 3, got.code, "%s: %s", row.args, got.stderr)
		assert.Contains(t, got.stderr, row.message, row.args)
	}
}

func TestAWrongSeedIsNamedWithItsLine(t *testing.T) {
	seed := filepath.Join(t.TempDir(), "seed.json")
	require.NoError(t, os.WriteFile(seed, []byte("{\"clients\": [\n{\"id\": \"c\", \"credit\": 1}]}"), 0o600))
	got := run(t, "serve", "--seed", seed)
	assert.Equal(t, result{3, "", "seed: line 2: clients[0].credit: is unknown\n"}, got)
}

// start runs a subcommand until it is interrupted, and returns its first line.
func start(t *testing.T, args ...string) (cmd *exec.Cmd, first string) {
	t.Helper()
	cmd = exec.CommandContext(t.Context(), binary, append([]string{"sandbox"}, args...)...)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	first, err = bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return cmd, first
}

func TestServeUntilInterrupted(t *testing.T) {
	for _, stop := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		cmd, first := start(t, "serve", "--addr", "127.0.0.1:0", "--ready-json", "--account", "team:team-key")
		var ready struct {
			BaseURL    string `json:"base_url"`
			ControlURL string `json:"control_url"`
		}
		require.NoError(t, json.Unmarshal([]byte(first), &ready))
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, ready.BaseURL+"/passes", nil)
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer team-key")
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		assert.Equal(t, http.StatusOK, response.StatusCode)
		require.NoError(t, cmd.Process.Signal(stop))
		assert.NoError(t, cmd.Wait())
	}
}

func TestServeOnATakenPortFails(t *testing.T) {
	cmd, first := start(t, "serve", "--addr", "127.0.0.1:0", "-o", "json")
	var ready struct {
		BaseURL string `json:"base_url"`
	}
	require.NoError(t, json.Unmarshal([]byte(first), &ready))
	addr, _, _ := strings.Cut(strings.TrimPrefix(ready.BaseURL, "http://"), "/")
	got := run(t, "serve", "--addr", addr)
	assert.Equal(t, 1, got.code, got.stderr)
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.NoError(t, cmd.Wait())
}

// A signal reaches the command, which ends first; then the counts are compared.
func TestExpectForwardsSignals(t *testing.T) {
	for signal, code := range map[os.Signal]int{os.Interrupt: 42, syscall.SIGTERM: 43} {
		cmd, first := start(t, "expect", "IssuePass=0", "--",
			"sh", "-c", `trap 'exit 42' INT; trap 'exit 43' TERM; echo ready; while :; do sleep 0.05; done`)
		assert.Equal(t, "ready\n", first)
		require.NoError(t, cmd.Process.Signal(signal))
		exit, ok := errors.AsType[*exec.ExitError](cmd.Wait())
		require.True(t, ok)
		assert.Equal(t, code, exit.ExitCode())
	}
}
