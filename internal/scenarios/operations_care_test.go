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

func TestJ17_ReconcileShowsWhatTheAPIShowsAndRecordsNothing(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.BookClass, sdktest.OrderOf(sandbox.BookClass), true, bardge.WithRef("order-1"))
		s.LeaveOpen(sandbox.IssuePass, sdktest.OrderOf(sandbox.IssuePass), true, bardge.WithRef("order-2"))
		ops := s.NewClient(s.WithJournal()).Operations
		found, err := ops.Reconcile(t.Context(), "order-1")
		require.NoError(t, err)
		assert.False(t, found.Done)
		assert.Contains(t, found.Evidence, "too early")
		time.Sleep(5 * time.Minute)
		before := s.Recorded("order-1")

		found, err = ops.Reconcile(t.Context(), "order-1")
		require.NoError(t, err)
		assert.True(t, found.Done)
		assert.NotEmpty(t, found.ID)
		assert.Contains(t, found.Evidence, found.ID)
		byID, err := ops.ReconcileID(t.Context(), "ref:order-1")
		require.NoError(t, err)
		assert.Equal(t, found, byID)
		assert.Equal(t, before.String(), s.Recorded("order-1").String())
		require.NoError(t, s.Client.Resolve(t.Context(), "order-1", bardge.Executed(found.ID)), "the id is the one")

		found, err = ops.Reconcile(t.Context(), "order-2")
		require.NoError(t, err)
		assert.Equal(t, bardge.ReconcileResult{Evidence: "the API has no list of a client's issued passes"}, found)
		_, err = ops.Reconcile(t.Context(), "order-1")
		assert.ErrorAs(t, err, new(*bardge.RecordError), "it is settled")
		_, err = ops.Reconcile(t.Context(), "")
		assert.ErrorAs(t, err, new(*bardge.InvalidError))
	})
}

func TestJ18_TheSecretIsReplacedWhileProgramsRun(t *testing.T) {
	sdktest.WithSandbox(t, func(t *testing.T, s *sdktest.Sandbox) {
		older, newer := []byte("the secret of last year"), []byte("the secret of this year")
		client := func(secret []byte, previous ...[]byte) *bardge.Client {
			return s.NewClient(s.WithJournal(), bardge.WithJournalSecret(secret, previous...))
		}
		s.Client = client(older)
		s.LeaveOpen(sandbox.IssuePass, sdktest.OrderOf(sandbox.IssuePass), true, bardge.WithRef("order-1"))
		_, err := client(newer).Operations.Reseal(t.Context(), idem.ResealOptions{})
		require.ErrorIs(t, err, bardge.ErrJournalSecret)
		r, err := client(newer, older).Operations.Reseal(t.Context(), idem.ResealOptions{})
		require.NoError(t, err)
		assert.Equal(t, idem.ResealResult{Previous: 1, Resealed: 1}, r)
		all, err := client(newer).Operations.List(t.Context(), journal.Filter{})
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.NoError(t, all[0].Err)
		bound, _, err := idem.BoundAccount(t.Context(), s.Journal, newer)
		require.NoError(t, err)
		assert.Equal(t, idem.Account{Vendor: "bardge", BaseURL: s.URL, Name: "acme"}, bound)
	})
}
