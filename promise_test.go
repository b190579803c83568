package bardge_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

// withSandbox runs f in virtual time, with an embedded server and a client.
func withSandbox(t *testing.T, f func(t *testing.T, sb *sandbox.Sandbox, c *bardge.Client), opts ...bardge.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sb := sandbox.Start(t)
		client, err := bardge.New(sb.APIKey, append([]bardge.Option{
			bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()),
		}, opts...)...)
		require.NoError(t, err)
		t.Cleanup(client.CloseIdleConnections)
		f(t, sb, client)
	})
}

// aPass is a pass for the seed's client.
func aPass(sb *sandbox.Sandbox) bardge.IssuePassParams {
	return bardge.IssuePassParams{ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID}
}

func TestARestartOfTheServerCostsNoCall(t *testing.T) {
	for _, outage := range []time.Duration{5 * time.Second, 10 * time.Second, 30 * time.Second} {
		t.Run(outage.String(), func(t *testing.T) {
			withSandbox(t, func(t *testing.T, sb *sandbox.Sandbox, c *bardge.Client) {
				sb.Next(sandbox.IssuePass, sandbox.DelayAfter(time.Second))
				time.AfterFunc(time.Second/2, func() { sb.Outage(outage) })
				pass, resp, err := c.IssuedPasses.Issue(t.Context(), aPass(sb))
				require.NoError(t, err)
				assert.NotEmpty(t, pass.ID)
				assert.True(t, resp.Replayed)
				assert.Equal(t, 1, sb.Executed(sandbox.IssuePass))
			})
		})
	}
}

func TestR7_AnErrorsKeyResumesTheOperationInItsWindow(t *testing.T) {
	withSandbox(t, func(t *testing.T, sb *sandbox.Sandbox, c *bardge.Client) {
		sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
		time.AfterFunc(time.Millisecond, sb.Down)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		value, resp, err := c.IssuedPasses.Issue(ctx, aPass(sb))
		e := errorOf(t, value, resp, err)
		assert.Equal(t, bardge.OutcomeUnknown, e.Outcome)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.True(t, bardge.CanRepeat(e))

		sb.Up()
		pass, resp, err := c.IssuedPasses.Issue(t.Context(), aPass(sb), bardge.WithIdempotencyKey(e.Key))
		require.NoError(t, err)
		assert.True(t, resp.Replayed)
		assert.Equal(t, e.Key.String(), resp.Key.String())
		assert.NotEmpty(t, pass.ID)

		again, resp, err := c.IssuedPasses.Issue(t.Context(), aPass(sb), bardge.WithIdempotencyKey(e.Key))
		require.NoError(t, err)
		assert.True(t, resp.Replayed)
		assert.Equal(t, pass.ID, again.ID)
		assert.Equal(t, 1, sb.Executed(sandbox.IssuePass))
	})
}

func TestR10_AnErrorsKeyIsRefusedWhenItsWindowIsOver(t *testing.T) {
	withSandbox(t, func(t *testing.T, sb *sandbox.Sandbox, c *bardge.Client) {
		sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
		_, _, err := c.IssuedPasses.Issue(t.Context(), aPass(sb), bardge.WithMaxAttempts(1))
		var e *bardge.Error
		require.ErrorAs(t, err, &e)
		time.Sleep(time.Until(e.SafeUntil) + time.Second)
		assert.False(t, bardge.CanRepeat(e))
		value, resp, err := c.IssuedPasses.Issue(t.Context(), aPass(sb), bardge.WithIdempotencyKey(e.Key))
		late := errorOf(t, value, resp, err)
		assert.ErrorIs(t, err, bardge.ErrKeyExpired)
		assert.Equal(t, bardge.OutcomeUnknown, late.Outcome)
		assert.Equal(t, 1, sb.Requests(sandbox.IssuePass))
	})
}

// A stored key outlives the process that made it.
func TestR4_AStoredKeyIsTakenUpByAnotherClient(t *testing.T) {
	withSandbox(t, func(t *testing.T, sb *sandbox.Sandbox, c *bardge.Client) {
		key := bardge.NewKey()
		sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
		_, _, err := c.IssuedPasses.Issue(t.Context(), aPass(sb), bardge.WithIdempotencyKey(key), bardge.WithMaxAttempts(1))
		require.Error(t, err)

		time.Sleep(time.Minute)
		stored, err := bardge.SentKey(key.String(), time.Time{})
		require.NoError(t, err)
		other, err := bardge.New(sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()))
		require.NoError(t, err)
		defer other.CloseIdleConnections()
		_, resp, err := other.IssuedPasses.Issue(t.Context(), aPass(sb), bardge.WithIdempotencyKey(stored))
		require.NoError(t, err)
		assert.True(t, resp.Replayed)
		assert.Equal(t, 1, sb.Executed(sandbox.IssuePass))
	})
}

func TestJ5_ALaterCallWithTheRefGetsTheRecordedResult(t *testing.T) {
	withJournal := bardge.WithJournal(journal.NewMemory(), "acme")
	withSandbox(t, func(t *testing.T, sb *sandbox.Sandbox, c *bardge.Client) {
		sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
		first, resp, err := c.IssuedPasses.Issue(t.Context(), aPass(sb), bardge.WithRef("order-1"))
		require.NoError(t, err)
		assert.False(t, resp.FromJournal)
		time.Sleep(24 * time.Hour)
		second, resp, err := c.IssuedPasses.Issue(t.Context(), aPass(sb), bardge.WithRef("order-1"))
		require.NoError(t, err)
		assert.Equal(t, first, second)
		assert.True(t, resp.FromJournal)
		assert.Equal(t, 201, resp.StatusCode)
		assert.Empty(t, resp.Attempts)
		assert.Contains(t, resp.Timeline(), "nothing sent: the journal has the result")
		assert.Equal(t, 1, sb.Executed(sandbox.IssuePass))
		assert.Equal(t, 2, sb.Requests(sandbox.IssuePass))
	}, withJournal)
}

func TestJ2_ARefBelongsToOneRequest(t *testing.T) {
	withJournal := bardge.WithJournal(journal.NewMemory(), "acme")
	withSandbox(t, func(t *testing.T, sb *sandbox.Sandbox, c *bardge.Client) {
		ref := bardge.WithRef("order-1")
		wrong := aPass(sb)
		wrong.PassID = "pass_that_is_not"
		_, _, err := c.IssuedPasses.Issue(t.Context(), wrong, ref)
		require.ErrorIs(t, err, bardge.ErrPassNotFound)
		_, _, err = c.IssuedPasses.Issue(t.Context(), aPass(sb), ref)
		require.NoError(t, err, "what ended rejected leaves the ref free")

		value, resp, err := c.IssuedPasses.Issue(t.Context(), wrong, ref)
		e := errorOf(t, value, resp, err)
		assert.ErrorIs(t, err, bardge.ErrRefReused)
		assert.Equal(t, bardge.OutcomeUnknown, e.Outcome, "the other request was done, not this one")
		assert.False(t, bardge.CanRepeat(e))
		var reused *bardge.RefReusedError
		require.ErrorAs(t, err, &reused)
		assert.Equal(t, bardge.OutcomeDone, reused.Recorded)
		_, _, err = c.Credits.Purchase(t.Context(), bardge.PurchaseCreditsParams{
			ClientID: sb.Seed.ClientID, PackageID: sb.Seed.CreditPackageID,
		}, ref)
		assert.ErrorIs(t, err, bardge.ErrRefReused)
		assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err))
		assert.Zero(t, sb.Requests(sandbox.PurchaseCredits))
		assert.Equal(t, 1, sb.Executed(sandbox.IssuePass))
	}, withJournal)
}

func TestJ3_CallersOfOneRefShareItsResult(t *testing.T) {
	withJournal := bardge.WithJournal(journal.NewMemory(), "acme")
	withSandbox(t, func(t *testing.T, sb *sandbox.Sandbox, c *bardge.Client) {
		sb.Next(sandbox.IssuePass, sandbox.DelayAfter(5*time.Second))
		ids := make([]string, 5)
		var all sync.WaitGroup
		for i := range ids {
			all.Go(func() {
				pass, _, err := c.IssuedPasses.Issue(t.Context(), aPass(sb), bardge.WithRef("order-1"))
				assert.NoError(t, err)
				ids[i] = pass.ID
			})
		}
		all.Wait()
		for _, id := range ids {
			assert.Equal(t, ids[0], id)
		}
		assert.Equal(t, 1, sb.Requests(sandbox.IssuePass))
	}, withJournal)
}

func TestALookupTokenOpensAnotherResellersClient(t *testing.T) {
	withSandbox(t, func(t *testing.T, sb *sandbox.Sandbox, c *bardge.Client) {
		_, _, err := c.Clients.Get(t.Context(), sb.Seed.OtherClientID)
		require.ErrorIs(t, err, bardge.ErrPermissionDenied)
		lookup, _, err := c.Lookups.Initiate(t.Context(), bardge.InitiateLookupParams{
			IssuerID: sb.Seed.IssuerID, ClientID: sb.Seed.OtherClientID,
		})
		require.NoError(t, err)
		verified, _, err := c.Lookups.Verify(t.Context(), lookup.ID, bardge.VerifyLookupParams{
			AccessCode: bardge.Secret(sb.Seed.OtherAccessCode),
		})
		require.NoError(t, err)
		profile, _, err := c.Clients.Get(t.Context(), sb.Seed.OtherClientID, bardge.WithLookupToken(verified.Token))
		require.NoError(t, err)
		assert.Equal(t, sb.Seed.OtherClientID, profile.ID)
	})
}
