package main

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/sandbox"
)

// shell runs a command line as a report shows it.
func (d *desk) shell(command string) (string, error) {
	d.Helper()
	line := exec.CommandContext(d.Context(), "sh", "-c", command)
	line.Env = append(append([]string{}, d.env...), "PATH="+filepath.Dir(program))
	out, err := line.Output()
	return string(out), err
}

// TestTheNextStepFitsTheCause: "run it again" is the advice only where that can
// settle the operation.
func TestTheNextStepFitsTheCause(t *testing.T) {
	const secret, other = "secret-0123456789abcdef", "another-0123456789abcdef"
	ref := []string{"--ref", "order-17"}
	initiate := func(sb *sandbox.Sandbox) []string {
		return []string{"lookups", "initiate", "--issuer-id", sb.Seed.IssuerID, "--client-id", sb.Seed.OtherClientID}
	}
	for _, row := range []struct {
		name    string
		faults  map[sandbox.Operation]sandbox.Fault
		first   []string // of an earlier command, which succeeds; nil: there is none
		env     string
		command func(sb *sandbox.Sandbox) []string // nil: it issues a pass
		more    []string
		next    string
		shown   string // the command; "": none
	}{
		{
			name: "another account", first: []string{"--ref", "order-1"}, env: "BARDGE_ACCOUNT=other", more: ref,
			next: "Nothing was sent. Correct --account or the base URL",
		},
		{
			name: "another account, by the base URL", first: ref, env: "BARDGE_BASE_URL=http://127.0.0.1:1/x", more: ref,
			next: "Nothing was sent. Correct --account or the base URL",
		},
		{
			name: "another secret", first: ref, env: "BARDGE_JOURNAL_SECRET=" + other, more: ref,
			next: "Nothing was sent. Set BARDGE_JOURNAL_SECRET",
		},
		{
			name: "a ref of another request", first: ref, more: append([]string{"--first-name", "Ada"}, ref...),
			next: "Nothing was sent. Look at the operation that has this ref.", shown: "journal show order-17",
		},
		{
			name: "a stored failure", more: []string{"--key", "k-0123456789"},
			faults: map[sandbox.Operation]sandbox.Fault{sandbox.IssuePass: sandbox.ServerErrorAfter(500)},
			next:   "the same command brings no other result. Look it up at the vendor; only if",
		},
		{
			name: "a stored failure, with a ref", more: ref,
			faults: map[sandbox.Operation]sandbox.Fault{sandbox.IssuePass: sandbox.ServerErrorAfter(500)},
			next:   "the same command brings no other result. Look it up at the vendor, then", shown: "journal show order-17",
		},
		{
			name: "what is never sent again", command: initiate, more: ref,
			faults: map[sandbox.Operation]sandbox.Fault{sandbox.InitiateLookup: sandbox.LoseResponse},
			next:   "the same command brings no other result. Look it up at the vendor, then", shown: "journal show order-17",
		},
		{
			name: "what is never sent again, after one attempt", command: initiate,
			more:   append([]string{"--max-attempts", "1"}, ref...),
			faults: map[sandbox.Operation]sandbox.Fault{sandbox.InitiateLookup: sandbox.LoseResponse},
			next:   "the same command brings no other result. Look it up at the vendor, then", shown: "journal show order-17",
		},
		{
			name: "a cancellation that is rejected when it is sent again", more: ref,
			command: func(*sandbox.Sandbox) []string { return []string{"bookings", "cancel", "none"} },
			faults:  map[sandbox.Operation]sandbox.Fault{sandbox.CancelBooking: sandbox.ResetBefore},
			next:    "sending it again was rejected. Look it up at the vendor, then", shown: "journal show order-17",
		},
		{
			name: "the same without a ref", command: func(*sandbox.Sandbox) []string { return []string{"bookings", "cancel", "none"} },
			faults: map[sandbox.Operation]sandbox.Fault{sandbox.CancelBooking: sandbox.ResetBefore},
			next:   "sending it again was rejected. Look it up at the vendor. The same command",
		},
		{
			name: "a lost response, with a ref", more: append([]string{"--max-attempts", "1"}, ref...),
			faults: map[sandbox.Operation]sandbox.Fault{sandbox.IssuePass: sandbox.LoseResponse},
			next:   "Run the same command again, at any time", shown: "issued-passes issue",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			d, sb := bardgeDesk(t)
			d.set("BARDGE_JOURNAL", d.journal())
			d.set("BARDGE_ACCOUNT", "acme")
			d.set("BARDGE_JOURNAL_SECRET", secret)
			if row.first != nil {
				d.done(issue(sb, row.first...)...)
			}
			for op, fault := range row.faults {
				sb.Next(op, fault)
			}
			if row.env != "" {
				d.env = append(d.env, row.env)
			}
			args := issue(sb)
			if row.command != nil {
				args = row.command(sb)
			}
			before := len(sb.Ledger())
			r := d.run(append(append(args, row.more...), "-o", "json")...)
			assert.Equal(t, cli.ExitUnknown, r.code, r.stderr)
			assert.Empty(t, r.stdout)
			assert.NotContains(t, r.stderr, "nothing was executed again")
			report := object(t, r.stderr)
			assert.Contains(t, report["next"], row.next)
			if row.first != nil {
				assert.Len(t, sb.Ledger(), before, "nothing is sent")
			}
			if row.shown == "" {
				assert.NotContains(t, report, "command")
				return
			}
			require.Contains(t, report["command"], row.shown)
			out, err := d.shell(report["command"].(string))
			require.NoError(t, err)
			assert.NotEmpty(t, out)
		})
	}
}

// TestAnEarlierSecretOpensAJournal: a call takes the same two secrets as the
// journal's commands.
func TestAnEarlierSecretOpensAJournal(t *testing.T) {
	d, sb := bardgeDesk(t)
	d.set("BARDGE_JOURNAL", d.journal())
	d.set("BARDGE_ACCOUNT", "acme")
	first := d.done(issue(sb, "--ref", "order-17")...) // sealed by the API key
	d.set("BARDGE_JOURNAL_SECRET_PREVIOUS", sb.APIKey)
	d.set("BARDGE_JOURNAL_SECRET", "secret-0123456789abcdef")
	assert.Equal(t, first.stdout, d.done(issue(sb, "--ref", "order-17")...).stdout)
	assert.Equal(t, 1, sb.Executed(sandbox.IssuePass))
}
