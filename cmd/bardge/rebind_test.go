package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// renamed is a program that has another name for the account.
func (o *office) renamed(name string) *bardge.Client {
	o.Helper()
	c, err := bardge.New(o.sandbox.APIKey, bardge.WithBaseURL(o.url), bardge.WithJournal(o.open(), name),
		bardge.WithJournalSecret([]byte(secret)))
	require.NoError(o, err)
	o.Cleanup(c.CloseIdleConnections)
	return c
}

// TestARenamedAccountKeepsItsOperations: after a rebind, the operation that was
// left open under the earlier name is recovered, and is executed once.
func TestARenamedAccountKeepsItsOperations(t *testing.T) {
	t.Parallel()
	inOffice(t, func(t *testing.T, o *office) {
		c := o.program(secret)
		o.issue(c, "order-1", true)
		closed(t, c)
		before := o.content()

		dry := object(t, o.done("journal", "rebind", "--account", "acme-2", "--dry-run", "-o", "json").stdout)
		assert.Equal(t, map[string]any{"vendor": "bardge", "base_url": o.url, "name": "acme"}, dry["from"])
		assert.Equal(t, map[string]any{"vendor": "bardge", "base_url": o.url, "name": "acme-2"}, dry["to"])
		assert.Equal(t, false, dry["changed"])
		assert.EqualValues(t, "1", dry["open"])
		unasked := o.run("journal", "rebind", "--account", "acme-2")
		assert.Equal(t, 3, unasked.code)
		assert.Contains(t, unasked.stderr, "give --yes")
		assert.Equal(t, before, o.content(), "nothing was changed")

		made := object(t, o.done("journal", "rebind", "--account", "acme-2", "--yes", "-o", "json").stdout)
		assert.Equal(t, true, made["changed"])
		again := o.done("journal", "rebind", "--account", "acme-2", "--yes", "-o", "json")
		assert.Equal(t, false, object(t, again.stdout)["changed"])
		assert.Contains(t, object(t, again.stderr)["note"], "already")
		checked := object(t, o.done("journal", "check", "-o", "json").stdout)
		assert.Equal(t, "acme-2", checked["account"].(map[string]any)["name"])
		assert.Len(t, checked["previous_accounts"], 1)

		_, _, err := o.program(secret).IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{
			ClientID: o.sandbox.Seed.ClientID, PassID: o.sandbox.Seed.PassID,
		}, bardge.WithRef("order-2"))
		require.ErrorIs(t, err, bardge.ErrOtherAccount, "the earlier name is refused")
		o.done("journal", "recover")
		_, resp, err := o.renamed("acme-2").IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{
			ClientID: o.sandbox.Seed.ClientID, PassID: o.sandbox.Seed.PassID,
		}, bardge.WithRef("order-1"))
		require.NoError(t, err)
		assert.True(t, resp.FromJournal)
		assert.Equal(t, 1, o.sandbox.Executed(sandbox.IssuePass))
	})
}

func TestRebindRefuses(t *testing.T) {
	o := newOffice(t, sqliteStore(t))
	never := o.run("journal", "rebind", "--account", "acme-2", "--yes")
	assert.Equal(t, 1, never.code, "there is no journal")
	o.issue(o.program(secret), "order-1", true)
	before := o.content()
	for name, row := range map[string]struct {
		args []string
		code int
		says string
	}{
		"nothing":              {nil, 3, "give --account, --base-url or both"},
		"an empty name":        {[]string{"--account", "", "--base-url", o.url, "--yes"}, 3, "--account is given, and is empty"},
		"a URL that is unsafe": {[]string{"--base-url", "http://example.com", "--yes"}, 3, "base URL is not https"},
		"another secret":       {[]string{"--account", "b", "--yes", "--journal-secret-file", o.file(oldSecret)}, 4, "does not open the journal"},
		"an argument":          {[]string{"acme-2", "--yes"}, 3, "unexpected argument"},
	} {
		t.Run(name, func(t *testing.T) {
			r := o.run(append([]string{"journal", "rebind"}, row.args...)...)
			assert.Equal(t, row.code, r.code, r.stderr)
			assert.Contains(t, r.stderr, row.says)
			assert.Empty(t, r.stdout)
		})
	}
	same := o.done("journal", "rebind", "--base-url", o.url+"/", "--yes", "-o", "json")
	assert.Equal(t, false, object(t, same.stdout)["changed"], "the same URL, otherwise written")
	assert.Equal(t, before, o.content(), "nothing was changed")
}
