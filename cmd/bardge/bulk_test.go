package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/sandbox"
)

// bulkDesk returns a desk with a journal.
func bulkDesk(t *testing.T) (*desk, *sandbox.Sandbox) {
	t.Helper()
	d, sb := bardgeDesk(t)
	d.set("BARDGE_JOURNAL", d.journal())
	d.set("BARDGE_ACCOUNT", "acme")
	return d, sb
}

// members is a file with n rows.
func (d *desk) members(n int) string {
	var b strings.Builder
	b.WriteString("member_no;policy_no;name\n")
	for i := range n {
		fmt.Fprintf(&b, "%03d;policy-%d;=Ada%d\n", i+1, i+1, i+1)
	}
	return d.file(b.String())
}

func bulkIssue(sb *sandbox.Sandbox, file string, more ...string) []string {
	return append([]string{
		"bulk", "issue", file, "--pass", sb.Seed.PassID, "--map", "client_id=member_no,first_name=name",
		"--ref-column", "policy_no",
	}, more...)
}

// sheet reads a CSV file of a report.
func sheet(t *testing.T, folder, name string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, name))
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	return rows[1:]
}

func TestBulk_IssuesOnePassForEachRowAndResumes(t *testing.T) {
	d, sb := bulkDesk(t)
	out := t.TempDir()
	file := d.members(120)
	first := object(t, d.done(bulkIssue(sb, file, "--report", out, "-o", "json")...).stdout)
	assert.Equal(t, "120", fmt.Sprint(first["done"]))
	rows := sheet(t, out, "done.csv")
	require.Len(t, rows, 120)
	for _, row := range rows {
		assert.Equal(t, "done", row[2])
		assert.True(t, strings.HasPrefix(row[8], "brgpass_"), row[8])
		assert.True(t, strings.HasPrefix(row[12], "'=Ada"), "a formula: %s", row[12])
		assert.Len(t, row[10], 3, "leading zeros: %s", row[10])
	}
	again := object(t, d.done(bulkIssue(sb, file, "--report", out, "-o", "json")...).stdout)
	assert.Equal(t, "120", fmt.Sprint(again["from_journal"]))
	assert.Equal(t, rows[0][8] != "", sheet(t, out, "done-before.csv")[0][8] != "")
	assert.Equal(t, 120, sb.Executed(sandbox.IssuePass))
	summary, err := os.ReadFile(filepath.Join(out, "summary.json"))
	require.NoError(t, err)
	assert.Contains(t, string(summary), `"from_journal": 120`)
}

func TestBulk_CreditsAndCancellations(t *testing.T) {
	d, sb := bulkDesk(t)
	file := d.file("client,order\n" + sb.Seed.ClientID + ",o-1\n" + sb.Seed.ClientID + ",o-2\n")
	r := d.done("bulk", "credits", file, "--map", "client_id=client", "--ref-column", "order", "--ref-prefix", "credits/",
		"--package", "credits_50")
	assert.Contains(t, r.stdout, "done")
	assert.Equal(t, 2, sb.Executed(sandbox.PurchaseCredits))
	booking := d.field("booking_id", "bookings", "book-class", "--client-id", sb.Seed.ClientID, "--class-instance-id", sb.Seed.ClassInstanceID)
	file = d.file("booking\n" + booking + "\n")
	args := []string{"bulk", "cancel", file, "--map", "booking_id=booking", "--ref-column", "booking", "--ref-prefix", "cancel/"}
	d.done(args...)
	d.done(args...)
	assert.Equal(t, 1, sb.Executed(sandbox.CancelBooking))
}

func TestBulk_TheFileIsCheckedBeforeTheFirstCall(t *testing.T) {
	d, sb := bulkDesk(t)
	file := d.file("member_no,policy_no,name\n1,p1,Ada\n,p2,Bo\n3,p1,Cy\n1.23E+15,p4\n5,p5,\"x\n6,p6,y\n")
	r := d.run(bulkIssue(sb, file)...)
	assert.Equal(t, cli.ExitUsage, r.code)
	assert.Equal(t, `line 3, column "member_no": it is empty
line 4, column "policy_no": line 2 has the same
line 5: it has 2 cells, the header 3
line 6: a quote is not closed
the file has 4 errors; nothing was sent
`, r.stderr)
	for _, row := range []struct {
		args []string
		want string
	}{
		{bulkIssue(sb, "none.csv"), "none.csv: no such file or directory"},
		{bulkIssue(sb, d.file("a,a\n")), `line 1, column "a": two columns have this name`},
		{bulkIssue(sb, d.file("a,b\n")), `the file has no column "member_no"; it has: a, b`},
		{bulkIssue(sb, d.file("member_no,name\n1,x\n")), `the file has no column "policy_no"; it has: member_no, name`},
		{bulkIssue(sb, d.file("member_no,policy_no,name\n")), "the file has no rows"},
		{bulkIssue(sb, d.file("member_no,policy_no,name\n1,p1,Ada\n2,p1 ,Ada\n")), `line 3, column "policy_no": the ref begins or ends with a space`},
		{bulkIssue(sb, d.members(1), "--map", "shoe_size=name"), `there is no field "shoe_size"`},
		{bulkIssue(sb, d.members(1), "--set", "client_id=1"), "client_id is given twice"},
		{bulkIssue(sb, d.members(1), "--rate", "fast"), "want a rate such as 50/s"},
		{bulkIssue(sb, d.members(1), "--workers", "-1"), "must not be negative"},
		{[]string{"bulk", "issue", d.members(1), "--pass", "p", "--ref-column", "policy_no"}, "client_id is required"},
		{[]string{"bulk", "issue", d.members(1), "--pass", "p", "--map", "client_id=member_no"}, "--ref-column is required"},
	} {
		r := d.run(row.args...)
		assert.Equal(t, cli.ExitUsage, r.code, row.args)
		assert.Contains(t, r.stderr, row.want)
	}
	dry := d.done(bulkIssue(sb, d.members(7), "--dry-run")...)
	assert.Contains(t, dry.stdout, "7")
	assert.Zero(t, sb.Requests(sandbox.IssuePass))
}

func TestBulk_ExitCodesShowWhatIsLeft(t *testing.T) {
	d, sb := bulkDesk(t)
	file := d.file("member_no,policy_no,name,pass\n1,p1,Ada," + sb.Seed.PassID + "\n2,p2,Bo,none\n")
	args := []string{
		"bulk", "issue", file, "--map", "client_id=member_no,pass_id=pass", "--ref-column", "policy_no", "--report", t.TempDir(),
	}
	r := d.run(args...)
	assert.Equal(t, cli.ExitPartly, r.code)
	assert.Contains(t, r.stdout, "pass_not_found")
	assert.Contains(t, r.stderr, "1 of 2 rows are not done: 1 failed, 0 wait, 0 are in doubt")
	r = d.run("bulk", "issue", d.members(3), "--pass", "none", "--map", "client_id=member_no", "--ref-column", "policy_no")
	assert.Equal(t, cli.ExitFailed, r.code, r.stderr)
	r = d.run("bulk", "issue", d.members(300), "--pass", "none", "--map", "client_id=member_no", "--ref-column", "policy_no",
		"--max-failed", "10")
	assert.Equal(t, cli.ExitStopped, r.code, r.stderr)
	assert.Contains(t, r.stderr, "run the same command again")
	d.set("BARDGE_JOURNAL", d.journal())
	d.set("BARDGE_JOURNAL_SECRET", "a secret of the journal's own")
	sb.ResetAPIKey()
	r = d.run(bulkIssue(sb, d.members(300))...)
	assert.Equal(t, cli.ExitCredentials, r.code, r.stderr)
	d.set("BARDGE_JOURNAL", "sqlite:none.db")
	r = d.run(bulkIssue(sb, d.members(1))...)
	assert.Contains(t, r.stderr, "bardge journal migrate")
}

func TestBulk_AnInterruptedRunIsResumed(t *testing.T) {
	d, sb := bulkDesk(t)
	file := d.members(400)
	args := bulkIssue(sb, file, "--workers", "2", "-o", "json")
	cmd := exec.Command(program, args...)
	cmd.Env = d.env
	var stdout strings.Builder
	cmd.Stdout = &stdout
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { return sb.Executed(sandbox.IssuePass) > 20 }, 20*time.Second, time.Millisecond)
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	_ = cmd.Wait()
	require.Equal(t, cli.ExitInterrupted, cmd.ProcessState.ExitCode(), stdout.String())
	first := object(t, stdout.String())
	assert.Equal(t, fmt.Sprint(sb.Executed(sandbox.IssuePass)), fmt.Sprint(first["done"]))
	again := object(t, d.done(args...).stdout)
	assert.Equal(t, fmt.Sprint(first["done"]), fmt.Sprint(again["from_journal"]))
	assert.Equal(t, 400, sb.Executed(sandbox.IssuePass))
}

func TestBulk_TheRateIsKept(t *testing.T) {
	d, sb := bulkDesk(t)
	began := time.Now()
	d.done(bulkIssue(sb, d.members(30), "--rate", "20/s")...)
	assert.GreaterOrEqual(t, time.Since(began), time.Second)
	assert.Equal(t, 30, sb.Executed(sandbox.IssuePass))
}
