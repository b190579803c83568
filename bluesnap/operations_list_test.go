package bluesnap_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
)

func TestJ17_OperationsAreListedReadCountedAndErased(t *testing.T) {
	declined := sdktest.Respond(402, `{"message":[{"errorName":"DO_NOT_HONOR","code":"14002","description":"x"}]}`)
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, declined, sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		ctx, ops := t.Context(), s.Client.Operations
		crash(t, s, sdktest.Payment())
		_, _, err := s.Client.Transactions.Create(ctx, sdktest.Payment(), bluesnap.WithRef("order-18"))
		require.Error(t, err)
		_, _, err = s.Client.Transactions.Create(ctx, sdktest.Payment(), bluesnap.WithRef("order-19"))
		require.NoError(t, err)
		sent := len(s.Requests())

		open, err := ops.List(ctx, journal.Filter{State: journal.StateOpen})
		require.NoError(t, err)
		require.Len(t, open, 1)
		assert.Equal(t, "order-17", open[0].Ref)
		assert.Equal(t, 1, open[0].Attempts)
		assert.NotEmpty(t, open[0].Reason)
		assert.True(t, open[0].SafeUntil.After(time.Now()))
		free, err := ops.Get(ctx, "order-18")
		require.NoError(t, err)
		assert.Equal(t, journal.StateFree, free.State)
		assert.Equal(t, "DO_NOT_HONOR", free.Code)
		assert.Equal(t, 402, free.Status)
		many, err := ops.GetMany(ctx, []string{"order-19", "order-20"})
		require.NoError(t, err)
		require.Len(t, many, 1)
		assert.Equal(t, journal.StateDone, many["order-19"].State)
		stats, err := ops.Stats(ctx)
		require.NoError(t, err)
		assert.Equal(t, 1, stats.Done)
		assert.Equal(t, 1, stats.Free)
		require.Len(t, stats.Pending, 1)
		assert.Equal(t, 1, stats.Pending[0].Open)

		require.ErrorIs(t, ops.Erase(ctx, "order-17"), bluesnap.ErrOperationOpen)
		require.NoError(t, ops.Erase(ctx, "order-19"))
		require.NoError(t, ops.EraseID(ctx, "ref:order-19"))
		_, _, err = s.Client.Transactions.Create(ctx, sdktest.Payment(), bluesnap.WithRef("order-19"))
		require.ErrorIs(t, err, bluesnap.ErrResponseLost)
		_, err = ops.GetID(ctx, "ref:order-20")
		require.ErrorIs(t, err, bluesnap.ErrOperationNotFound)
		assert.Len(t, s.Requests(), sent, "nothing is sent by looking")
	}, withJournal())
}

func TestJ17_ExecutedIsReadFromTheAPI(t *testing.T) {
	const fits = `{"transactionId":"38000001","amount":"11.00","currency":"USD"}`
	const other = `{"transactionId":"38000002","amount":"12.00","currency":"USD"}`
	missing := sdktest.Respond(403, `User: API is not authorized to view transaction ID: 38000009.`)
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, missing, sdktest.Respond(200, other), sdktest.Respond(200, fits)}, func(t *testing.T, s *sdktest.BlueSnap) {
		crash(t, s, sdktest.Payment())
		resolve := func(ctx context.Context, id string) error {
			return s.Client.Resolve(ctx, "order-17", bluesnap.Executed(id).By("ada"))
		}
		require.ErrorIs(t, resolve(t.Context(), "38000009"), bluesnap.ErrNotVerified, "a 403 may mean that there is none")
		err := resolve(t.Context(), "38000002")
		require.ErrorIs(t, err, bluesnap.ErrNotVerified)
		assert.ErrorContains(t, err, "transaction 38000002 is of another amount")
		require.NoError(t, resolve(t.Context(), "38000001"))
		o, err := s.Client.Operations.Get(t.Context(), "order-17")
		require.NoError(t, err)
		require.Len(t, o.Resolutions, 1)
		assert.True(t, o.Resolutions[0].Verified)
		assert.Equal(t, "ada", o.Resolutions[0].By)
	}, withJournal())
}

func TestJ17_ExecutedOfACaptureIsReadFromTheAPI(t *testing.T) {
	auth := sdktest.Respond(200, `{"transactionId":"38000001","cardTransactionType":"AUTH_REVERSAL"}`)
	captured := sdktest.Respond(200, `{"transactionId":"38000001","cardTransactionType":"CAPTURE"}`)
	// The call reads the state itself before it ends unknown.
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, auth, auth, captured}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.Transactions.Capture(t.Context(), bluesnap.CaptureParams{TransactionID: "38000001"},
			bluesnap.WithRef("capture-1"), bluesnap.WithMaxAttempts(1))
		require.Error(t, err)
		word := bluesnap.Executed("38000001")
		err = s.Client.Resolve(t.Context(), "capture-1", word)
		require.ErrorIs(t, err, bluesnap.ErrNotVerified)
		assert.ErrorContains(t, err, "does not show the state that was asked for")
		err = s.Client.Resolve(t.Context(), "capture-1", bluesnap.Executed("38000002"))
		assert.ErrorContains(t, err, "is not the one that the request was about")
		require.NoError(t, s.Client.Resolve(t.Context(), "capture-1", word))
	}, withJournal())
}

// What is open is known after a restart.
func ExampleOperationsService_List() {
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	pay(sb, client)
	open, err := client.Operations.List(context.Background(), journal.Filter{State: journal.StateOpen})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range open {
		fmt.Println(o.Ref, o.Operation, o.State, "after", o.Attempts, "attempt")
		fmt.Println("why:", o.Reason != "") // such as "connection reset; all attempts are used"
	}
	// Output:
	// the process ends, outcome unknown
	// order-2026-17 CreateCardTransaction open after 1 attempt
	// why: true
}

// The payment is not made again, although nothing personal is left of it.
func ExampleOperationsService_Erase() {
	sb, client := start(bluesnap.WithJournal(journal.NewMemory(), "acme"))
	defer sb.Close()
	pay := func() error {
		_, _, err := client.Transactions.Create(context.Background(), payBy(sb, "11.00"), bluesnap.WithRef("order-2026-17"))
		return err
	}
	fmt.Println(pay())
	fmt.Println(client.Operations.Erase(context.Background(), "order-2026-17"))
	err := pay()
	fmt.Println(bluesnap.OutcomeOf(err), errors.Is(err, bluesnap.ErrResponseLost))
	fmt.Println("executed:", sb.Executed(bluesnaptest.CreateCardTransaction))
	// Output:
	// <nil>
	// <nil>
	// done true
	// executed: 1
}
