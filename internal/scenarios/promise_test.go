package scenarios

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

func TestARestartOfTheServerCostsNoCall(t *testing.T) {
	for _, outage := range []time.Duration{5 * time.Second, 10 * time.Second, 30 * time.Second} {
		t.Run(outage.String(), func(t *testing.T) {
			sdktest.WithSandbox(t, func(t *testing.T, s *sdktest.Sandbox) {
				s.Next(sandbox.IssuePass, sandbox.DelayAfter(time.Second))
				time.AfterFunc(time.Second/2, func() { s.Outage(outage) })
				pass, resp, err := s.Client.IssuedPasses.Issue(t.Context(), s.Pass())
				require.NoError(t, err)
				assert.NotEmpty(t, pass.ID)
				assert.True(t, resp.Replayed)
				assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
			})
		})
	}
}

func TestR7_AnErrorsKeyResumesTheOperationInItsWindow(t *testing.T) {
	sdktest.WithSandbox(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.Next(sandbox.IssuePass, sandbox.LoseResponse)
		time.AfterFunc(time.Millisecond, s.Down)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		value, resp, err := s.Client.IssuedPasses.Issue(ctx, s.Pass())
		e := sdktest.ErrorOf(t, value, resp, err)
		assert.Equal(t, bardge.OutcomeUnknown, e.Outcome)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.True(t, bardge.CanRepeat(e))

		s.Up()
		pass, resp, err := s.Client.IssuedPasses.Issue(t.Context(), s.Pass(), bardge.WithIdempotencyKey(e.Key))
		require.NoError(t, err)
		assert.True(t, resp.Replayed)
		assert.Equal(t, e.Key.String(), resp.Key.String())
		assert.NotEmpty(t, pass.ID)

		again, resp, err := s.Client.IssuedPasses.Issue(t.Context(), s.Pass(), bardge.WithIdempotencyKey(e.Key))
		require.NoError(t, err)
		assert.True(t, resp.Replayed)
		assert.Equal(t, pass.ID, again.ID)
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
	})
}

func TestR10_AnErrorsKeyIsRefusedWhenItsWindowIsOver(t *testing.T) {
	sdktest.WithSandbox(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.Next(sandbox.IssuePass, sandbox.LoseResponse)
		_, _, err := s.Client.IssuedPasses.Issue(t.Context(), s.Pass(), bardge.WithMaxAttempts(1))
		var e *bardge.Error
		require.ErrorAs(t, err, &e)
		time.Sleep(time.Until(e.SafeUntil) + time.Second)
		assert.False(t, bardge.CanRepeat(e))
		value, resp, err := s.Client.IssuedPasses.Issue(t.Context(), s.Pass(), bardge.WithIdempotencyKey(e.Key))
		late := sdktest.ErrorOf(t, value, resp, err)
		assert.ErrorIs(t, err, bardge.ErrKeyExpired)
		assert.Equal(t, bardge.OutcomeUnknown, late.Outcome)
		assert.Equal(t, 1, s.Requests(sandbox.IssuePass))
	})
}

func TestR4_AStoredKeyIsTakenUpByAnotherClient(t *testing.T) {
	sdktest.WithSandbox(t, func(t *testing.T, s *sdktest.Sandbox) {
		key := bardge.NewKey()
		s.Next(sandbox.IssuePass, sandbox.LoseResponse)
		_, _, err := s.Client.IssuedPasses.Issue(t.Context(), s.Pass(), bardge.WithIdempotencyKey(key), bardge.WithMaxAttempts(1))
		require.Error(t, err)

		time.Sleep(time.Minute)
		stored, err := bardge.SentKey(key.String(), time.Time{})
		require.NoError(t, err)
		other, err := bardge.New(s.APIKey, bardge.WithBaseURL(s.URL), bardge.WithHTTPClient(s.Sandbox.Client()))
		require.NoError(t, err)
		defer other.CloseIdleConnections()
		_, resp, err := other.IssuedPasses.Issue(t.Context(), s.Pass(), bardge.WithIdempotencyKey(stored))
		require.NoError(t, err)
		assert.True(t, resp.Replayed)
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
	})
}

func TestJ5_ALaterCallWithTheRefGetsTheRecordedResult(t *testing.T) {
	withJournal := bardge.WithJournal(journal.NewMemory(), "acme")
	sdktest.WithSandbox(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.Next(sandbox.IssuePass, sandbox.LoseResponse)
		first, resp, err := s.Client.IssuedPasses.Issue(t.Context(), s.Pass(), bardge.WithRef("order-1"))
		require.NoError(t, err)
		assert.False(t, resp.FromJournal)
		time.Sleep(24 * time.Hour)
		second, resp, err := s.Client.IssuedPasses.Issue(t.Context(), s.Pass(), bardge.WithRef("order-1"))
		require.NoError(t, err)
		assert.Equal(t, first, second)
		assert.True(t, resp.FromJournal)
		assert.Equal(t, 201, resp.StatusCode)
		assert.Empty(t, resp.Attempts)
		assert.Contains(t, resp.Timeline(), "nothing sent: the journal has the result")
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
		assert.Equal(t, 2, s.Requests(sandbox.IssuePass))
	}, withJournal)
}

func TestJ2_ARefBelongsToOneRequest(t *testing.T) {
	withJournal := bardge.WithJournal(journal.NewMemory(), "acme")
	sdktest.WithSandbox(t, func(t *testing.T, s *sdktest.Sandbox) {
		ref := bardge.WithRef("order-1")
		wrong := s.Pass()
		wrong.PassID = "pass_that_is_not"
		_, _, err := s.Client.IssuedPasses.Issue(t.Context(), wrong, ref)
		require.ErrorIs(t, err, bardge.ErrPassNotFound)
		_, _, err = s.Client.IssuedPasses.Issue(t.Context(), s.Pass(), ref)
		require.NoError(t, err, "what ended rejected leaves the ref free")

		value, resp, err := s.Client.IssuedPasses.Issue(t.Context(), wrong, ref)
		e := sdktest.ErrorOf(t, value, resp, err)
		assert.ErrorIs(t, err, bardge.ErrRefReused)
		assert.Equal(t, bardge.OutcomeUnknown, e.Outcome, "the other request was done, not this one")
		assert.False(t, bardge.CanRepeat(e))
		var reused *bardge.RefReusedError
		require.ErrorAs(t, err, &reused)
		assert.Equal(t, bardge.OutcomeDone, reused.Recorded)
		_, _, err = s.Client.Credits.Purchase(t.Context(), bardge.PurchaseCreditsParams{
			ClientID: s.Seed.ClientID, PackageID: s.Seed.CreditPackageID,
		}, ref)
		assert.ErrorIs(t, err, bardge.ErrRefReused)
		assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err))
		assert.Zero(t, s.Requests(sandbox.PurchaseCredits))
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
	}, withJournal)
}

func TestJ3_CallersOfOneRefShareItsResult(t *testing.T) {
	withJournal := bardge.WithJournal(journal.NewMemory(), "acme")
	sdktest.WithSandbox(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.Next(sandbox.IssuePass, sandbox.DelayAfter(5*time.Second))
		ids := make([]string, 5)
		var all sync.WaitGroup
		for i := range ids {
			all.Go(func() {
				pass, _, err := s.Client.IssuedPasses.Issue(t.Context(), s.Pass(), bardge.WithRef("order-1"))
				assert.NoError(t, err)
				ids[i] = pass.ID
			})
		}
		all.Wait()
		for _, id := range ids {
			assert.Equal(t, ids[0], id)
		}
		assert.Equal(t, 1, s.Requests(sandbox.IssuePass))
	}, withJournal)
}

func TestALookupTokenOpensAnotherResellersClient(t *testing.T) {
	sdktest.WithSandbox(t, func(t *testing.T, s *sdktest.Sandbox) {
		_, _, err := s.Client.Clients.Get(t.Context(), s.Seed.OtherClientID)
		require.ErrorIs(t, err, bardge.ErrPermissionDenied)
		lookup, _, err := s.Client.Lookups.Initiate(t.Context(), bardge.InitiateLookupParams{
			IssuerID: s.Seed.IssuerID, ClientID: s.Seed.OtherClientID,
		})
		require.NoError(t, err)
		verified, _, err := s.Client.Lookups.Verify(t.Context(), lookup.ID, bardge.VerifyLookupParams{
			AccessCode: bardge.Secret(s.Seed.OtherAccessCode),
		})
		require.NoError(t, err)
		profile, _, err := s.Client.Clients.Get(t.Context(), s.Seed.OtherClientID, bardge.WithLookupToken(verified.Token))
		require.NoError(t, err)
		assert.Equal(t, s.Seed.OtherClientID, profile.ID)
	})
}
