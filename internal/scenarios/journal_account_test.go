package scenarios

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

var oneSecret = bardge.WithJournalSecret([]byte("one secret for both accounts"))

// J12: sandbox and production on one journal, with one secret.
func TestJ12_AnotherServersJournalIsRefused(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.Succeed(issuePass, s.NewClient(s.WithJournal(), oneSecret), bardge.WithRef("order-1"))
		for name, opts := range map[string][]bardge.Option{
			"another base URL": {bardge.WithBaseURL(s.URL + "/v4"), s.WithJournal()},
			"another account":  {bardge.WithJournal(s.Journal, "globex")},
		} {
			other := s.NewClient(append(opts, oneSecret)...)
			for _, options := range [][]bardge.CallOption{nil, {bardge.WithRef("order-1")}, {bardge.WithRef("order-2")}} {
				_, err := issuePass(s, other, options...)
				var e *bardge.Error
				require.ErrorAs(t, err, &e, name)
				require.ErrorIs(t, err, bardge.ErrOtherAccount)
				assert.ErrorContains(t, err, `"acme" at `+s.URL)
				assert.Empty(t, e.Response.Attempts)
			}
			for _, err := range other.Recover(t.Context()) {
				require.ErrorIs(t, err, bardge.ErrOtherAccount)
			}
			require.ErrorIs(t, other.Resolve(t.Context(), "order-1", bardge.Executed("x")), bardge.ErrOtherAccount)
		}
		assert.Equal(t, 1, s.Requests(sandbox.IssuePass))
	})
}

// J12: the base URL has moved, and the operator calls Rebind.
func TestJ12_RebindTakesTheJournalAlong(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.Succeed(issuePass, s.NewClient(s.WithJournal(), oneSecret), bardge.WithRef("order-1"))
		renamed := s.NewClient(bardge.WithJournal(s.Journal, "acme-ltd"), oneSecret)
		_, err := issuePass(s, renamed, bardge.WithRef("order-1"))
		var other *bardge.OtherAccountError
		require.ErrorAs(t, err, &other)
		require.ErrorIs(t, renamed.Rebind(t.Context(), idem.Account{Name: "globex"}), bardge.ErrOtherAccount)
		require.NoError(t, renamed.Rebind(t.Context(), other.Bound))
		resp, err := issuePass(s, renamed, bardge.WithRef("order-1"))
		require.NoError(t, err)
		assert.True(t, resp.FromJournal)
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
	})
}

func TestJ12_AnAccountHasAName(t *testing.T) {
	for _, name := range []string{"", "line\nbreak", "\xff", string(make([]byte, 201))} {
		_, err := bardge.New(sdktest.APIKey, bardge.WithJournal(journal.NewMemory(), name))
		var invalid *bardge.InvalidError
		require.ErrorAs(t, err, &invalid, "%q", name)
		assert.Equal(t, "account", invalid.Field)
	}
	for _, d := range []time.Duration{0, -time.Second} {
		_, err := bardge.New(sdktest.APIKey, bardge.WithJournalTimeout(d))
		assert.EqualError(t, err, "bardge: WithJournalTimeout: journal timeout is not positive")
	}
}
