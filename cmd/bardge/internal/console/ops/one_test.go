package ops

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/journalcmd"
)

// entry returns an open operation whose key protects it for a minute, and which
// recovery takes up after a time.
func entry(now time.Time, recovery time.Duration) *journalcmd.Entry {
	var e journalcmd.Entry
	e.ID, e.Ref, e.Operation, e.State, e.Outcome = "ref:order-1", "order-1", "IssuePass", "open", "unknown"
	e.Key = "0190f3c2-0000-7000-8000-000000000000"
	e.SafeUntil = now.Add(time.Minute).Format(time.RFC3339)
	e.NextRecovery = now.Add(recovery).Format(time.RFC3339)
	e.MaySend = true
	return &e
}

func TestRecoverySendsWhileTheKeyProtects(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	view := func(e *journalcmd.Entry) oneView { return newOneView(e, journalcmd.Whose{}, now) }
	assert.True(t, view(entry(now, time.Second)).Resends)
	assert.True(t, view(entry(now, time.Second)).Protected)
	assert.False(t, view(entry(now, 2*time.Minute)).Resends, "after the key's time it reads alone")
	forever := entry(now, 2*time.Minute)
	forever.SafeUntil = ""
	assert.True(t, view(forever).Resends, "what can be repeated at any time")
}

// A key under which a failure is stored is not shown as a protection: repeating
// brings the same failure.
func TestAStoredFailureIsNoProtection(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	e := entry(now, time.Second)
	e.Stored, e.MaySend = true, false
	v := newOneView(e, journalcmd.Whose{}, now)
	assert.False(t, v.Protected)
	assert.False(t, v.Resends)
	r := newRow(e, now)
	assert.False(t, r.Protected)
	assert.True(t, r.Stored)
}

func TestAKeyIsNeededWhereNoResponseHasARequestID(t *testing.T) {
	now := time.Now()
	e := entry(now, 0)
	assert.False(t, newOneView(e, journalcmd.Whose{}, now).NeedsKey(), "it is sent again")
	e.MaySend = false
	assert.True(t, newOneView(e, journalcmd.Whose{}, now).NeedsKey())
	e.RequestID = "req_1"
	assert.False(t, newOneView(e, journalcmd.Whose{}, now).NeedsKey())
}

func TestAdviceHasThePagesTimes(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	e := entry(now, time.Minute)
	e.Next.Text = "Recovery reads the API again at 2026-11-30T12:01:00Z. Look it up."
	assert.Equal(t, "Recovery reads the API again at 2026-11-30 12:01:00 UTC. Look it up.",
		newOneView(e, journalcmd.Whose{}, now).Advice())
	e.Owned = true
	assert.Equal(t, "Look again in a few seconds.", newOneView(e, journalcmd.Whose{}, now).Advice())
}

func TestThings(t *testing.T) {
	for resource, want := range map[string]string{
		"": "", "issued pass:brgpass_1": "issued pass: brgpass_1", "expiry:brgpass_1:2027": "expiry: brgpass_1:2027",
	} {
		e := entry(time.Now(), 0)
		e.Resource = resource
		assert.Equal(t, want, oneView{Entry: e}.Thing())
	}
}

func TestACommandForAllIsKnown(t *testing.T) {
	all := cli.CommandLine("bardge", "journal", "recover", "--operation", "IssuePass")
	assert.True(t, oneView{Commands: []string{all}}.TakesAll())
	assert.False(t, oneView{Commands: []string{cli.CommandLine("bardge", "journal", "resolve", "recover")}}.TakesAll())
}

func TestReasonsArePlain(t *testing.T) {
	assert.Equal(t, "no response; there was no time for another attempt",
		plain("no response; the next attempt would come after the caller's deadline"))
	assert.Equal(t, "connection refused", plain("connection refused"))
}
