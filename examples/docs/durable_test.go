package main

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

func issueUnderStoredKey(
	ctx context.Context, client *bardge.Client, params bardge.IssuePassParams, store func(string),
) (*bardge.IssuedPass, error) {
	key := bardge.NewKey()
	store(key.String()) // with your order, before the call
	pass, _, err := client.IssuedPasses.Issue(ctx, params, bardge.WithIdempotencyKey(key))
	return pass, err
}

func issueAfterCrash(
	ctx context.Context, client *bardge.Client, params bardge.IssuePassParams, stored string,
) (*bardge.IssuedPass, error) {
	key, err := bardge.SentKey(stored, time.Time{}) // a minted key contains its date
	if err != nil {
		return nil, err
	}
	pass, _, err := client.IssuedPasses.Issue(ctx, params, bardge.WithIdempotencyKey(key))
	return pass, err
}

func TestKeys(t *testing.T) {
	inShop(t, func(t *testing.T, server *sandbox.Sandbox, client *bardge.Client) {
		var stored string
		first, err := issueUnderStoredKey(t.Context(), client, premium(server), func(key string) { stored = key })
		require.NoError(t, err)
		second, err := issueAfterCrash(t.Context(), client, premium(server), stored)
		require.NoError(t, err)
		assert.Equal(t, first, second)
		assert.Equal(t, 1, server.Executed(sandbox.IssuePass))

		time.Sleep(time.Hour)
		_, err = issueAfterCrash(t.Context(), client, premium(server), stored)
		assert.ErrorIs(t, err, bardge.ErrKeyExpired)
	})
}

func recoverOpen(ctx context.Context, client *bardge.Client, alert func(ref string)) {
	go client.RunRecovery(ctx, 20*time.Second, func(r *bardge.RecoveryResult) {
		if r.Outcome == bardge.OutcomeUnknown {
			alert(r.Ref) // for a person, who calls client.Resolve
		}
	})
}

func reserve(
	ctx context.Context, client *bardge.Client, tx journal.Reserver, params bardge.IssuePassParams,
) error {
	return bardge.Reserve(tx, func(reserve bardge.CallOption) error {
		_, _, err := client.IssuedPasses.Issue(ctx, params, bardge.WithRef("order-17/pass"), reserve)
		return err
	})
}

func TestRecovery(t *testing.T) {
	memory := journal.NewMemory()
	inShop(t, func(t *testing.T, server *sandbox.Sandbox, client *bardge.Client) {
		server.Next(sandbox.IssuePass, sandbox.LoseResponse)
		_, _, err := client.IssuedPasses.Issue(t.Context(), premium(server), bardge.WithRef("order-1"), bardge.WithMaxAttempts(1))
		require.Error(t, err)
		time.Sleep(time.Hour)
		require.NoError(t, reserve(t.Context(), client, memory, premium(server)))

		ctx, stop := context.WithCancel(t.Context())
		var open []string
		recoverOpen(ctx, client, func(ref string) { open = append(open, ref) })
		time.Sleep(time.Second)
		stop()
		require.NoError(t, client.Close(t.Context()))
		assert.Equal(t, []string{"order-1"}, open)
		assert.Equal(t, 2, server.Executed(sandbox.IssuePass), "the reserved one was sent")
	}, bardge.WithJournal(memory, "acme"))
}
