package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/sandbox"
)

// TestARawCallIsRetriedAndRecorded: the response to the first attempt is lost, and
// the same command with its ref prints the recorded result.
func TestARawCallIsRetriedAndRecorded(t *testing.T) {
	d, sb := bardgeDesk(t)
	d.set("BARDGE_JOURNAL", d.journal())
	d.set("BARDGE_ACCOUNT", "acme")
	body := d.file(fmt.Sprintf(`{"client_id":%q,"pass_id":%q}`, sb.Seed.ClientID, sb.Seed.PassID))
	sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
	raw := []string{
		"raw", "POST", "/issued_passes", "--name", "RawIssue", "--class", "keyed", "--essential", "id,pass_id",
		"--body", body, "--ref", "order-17",
	}
	id := d.field("id", raw...)
	assert.NotEmpty(t, id)
	assert.Equal(t, id, d.field("id", raw...))
	assert.Equal(t, 1, sb.Executed(sandbox.IssuePass))
}

func TestARawCallInDoubtIsResumed(t *testing.T) {
	d, sb := bardgeDesk(t)
	sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
	d.stdin = fmt.Sprintf(`{"client_id":%q,"pass_id":%q}`, sb.Seed.ClientID, sb.Seed.PassID)
	r := d.run("raw", "POST", "/issued_passes", "--name", "RawIssue", "--class", "keyed", "--body", "-", "--max-attempts", "1")
	assert.Equal(t, cli.ExitUnknown, r.code)
	assert.Contains(t, r.stderr, "RawIssue: unknown")
	assert.Contains(t, r.stderr, "--sent-key")

	sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
	d.stdin = fmt.Sprintf(`{"client_id":%q,"pass_id":%q}`, sb.Seed.ClientID, sb.Seed.TrialPassID)
	r = d.run("raw", "POST", "/issued_passes", "--name", "RawIssue", "--body", "-")
	assert.Equal(t, cli.ExitUnknown, r.code)
	assert.NotContains(t, r.stderr, "--sent-key", "no key protects it")
	assert.Equal(t, 2, sb.Executed(sandbox.IssuePass))
}

func TestARawReadHasAQuery(t *testing.T) {
	d, sb := bardgeDesk(t)
	r := d.done("raw", "GET", "/classes", "--name", "RawClasses", "--class", "safe", "--query", "limit=1",
		"--query", "provider_id="+sb.Seed.GymID, "-o", "json")
	assert.Len(t, object(t, r.stdout)["data"], 1)
}

// TestASuccessWithoutProofNamesTheFlag: nothing shows that the response is the
// API's, until a field of it is named.
func TestASuccessWithoutProofNamesTheFlag(t *testing.T) {
	d, _ := bardgeDesk(t, sandbox.WithDrift(
		sandbox.WrapBody(sandbox.ListClasses, "result"), sandbox.RemoveHeader(sandbox.ListClasses, "Bardge-Request-Id")))
	raw := []string{"raw", "GET", "/classes", "--name", "RawClasses", "--class", "safe", "--max-attempts", "1"}
	r := d.run(raw...)
	assert.Equal(t, cli.ExitFailed, r.code)
	assert.Contains(t, r.stderr, "name a field of it with --essential")
	r = d.run(append(raw, "--essential", "result")...)
	assert.Equal(t, cli.ExitDone, r.code, r.stderr)
	assert.NotContains(t, r.stderr, "--essential")
}

// TestARawCallThatWasDoneBeforeReadsNothing: the path is no booking's id.
func TestARawCallThatWasDoneBeforeReadsNothing(t *testing.T) {
	d, sb := bardgeDesk(t)
	booking := d.field("booking_id", "bookings", "book-class",
		"--class-instance-id", sb.Seed.ClassInstanceID, "--client-id", sb.Seed.ClientID)
	raw := []string{"raw", "POST", "/bookings/" + booking + "/cancel", "--name", "RawCancel", "--class", "idempotent"}
	d.done(raw...)
	again := d.run(raw...)
	assert.Equal(t, cli.ExitDone, again.code, again.stderr)
	assert.Zero(t, sb.Requests(sandbox.GetBookingStatus))
}

func TestARawCallThatIsRefusedSendsNothing(t *testing.T) {
	d, sb := bardgeDesk(t)
	for want, args := range map[string][]string{
		"missing --name":              {"POST", "/x"},
		"--class is not one of":       {"POST", "/x", "--name", "X", "--class", "s3cret"},
		"--query wants NAME=VALUE":    {"POST", "/x", "--name", "X", "--query", "s3cret"},
		"method is not one of":        {"post", "/x", "--name", "X"},
		"path does not begin":         {"POST", "x", "--name", "X"},
		"is an operation of the SDK":  {"POST", "/x", "--name", "IssuePass"},
		"idempotency key is not":      {"POST", "/x", "--name", "X", "--key", "key-1"},
		"body is not one JSON value":  {"POST", "/x", "--name", "X", "--body", d.file("s3cret")},
		"has a status of a success":   {"POST", "/x", "--name", "X", "--success", "302"},
		"has an essential field that": {"POST", "/x", "--name", "X", "--essential", "a.b"},
		"--ref needs a journal":       {"POST", "/x", "--name", "X", "--ref", "order-1"},
	} {
		r := d.run(append([]string{"raw"}, args...)...)
		assert.Equal(t, cli.ExitUsage, r.code, "%s: %s", want, r.stderr)
		assert.Contains(t, r.stderr, want)
		assert.NotContains(t, r.stderr, "s3cret")
	}
	assert.Zero(t, sb.Requests(sandbox.IssuePass))
}
