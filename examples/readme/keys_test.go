package main

import (
	"context"
	"log"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/idem"
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
	key, err := bardge.SentKey(stored, time.Time{}) // the date of a minted key is in it
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
		assert.Equal(t, "too late to ask with this key: look first", explain(err))
	})
}

func recoverOrphans(ctx context.Context, client *bardge.Client) (open []*bardge.RecoveryResult, err error) {
	take := func() error {
		for r, err := range client.Recover(ctx) {
			if err != nil {
				return err
			}
			log.Println(r) // operation, ref, outcome, evidence
			if r.Outcome == bardge.OutcomeUnknown {
				open = append(open, r) // for a person, who calls Resolve with its ref, or ResolveID with its ID
			}
		}
		return nil
	}
	err = take()
	return open, err
}

func TestRecover(t *testing.T) {
	inShop(t, func(t *testing.T, server *sandbox.Sandbox, _ *bardge.Client) {
		client, err := bardge.New(server.APIKey, bardge.WithBaseURL(server.URL), bardge.WithHTTPClient(server.Client()),
			bardge.WithJournal(idem.NewMemoryJournal(), "acme"))
		require.NoError(t, err)
		server.Next(sandbox.IssuePass, sandbox.LoseResponse)
		_, _, err = client.IssuedPasses.Issue(t.Context(), premium(server), bardge.WithRef("order-1"), bardge.WithMaxAttempts(1))
		require.Error(t, err)
		time.Sleep(time.Hour)
		open, err := recoverOrphans(t.Context(), client)
		require.NoError(t, err)
		require.Len(t, open, 1)
		require.Equal(t, "order-1", open[0].Ref)
		require.NoError(t, client.Resolve(t.Context(), "order-1", bardge.Executed("brgpass_0001")))
		open, err = recoverOrphans(t.Context(), client)
		require.NoError(t, err)
		assert.Empty(t, open)
		pass, resp, err := client.IssuedPasses.Issue(t.Context(), premium(server), bardge.WithRef("order-1"))
		require.NoError(t, err)
		assert.True(t, resp.FromJournal)
		assert.Equal(t, "brgpass_0001", pass.ID)
		assert.Equal(t, 1, server.Executed(sandbox.IssuePass))
	})
}

func configured(apiKey string) (*bardge.Client, error) {
	return bardge.New(apiKey,
		bardge.WithRetryPolicy(bardge.RetryPolicy{AttemptTimeout: 5 * time.Second, MaxDelay: 2 * time.Second}),
		bardge.WithLogger(slog.Default()),
	)
}

func TestConfigure(t *testing.T) {
	_, err := configured("key")
	assert.NoError(t, err)
	_, err = configured("")
	assert.ErrorContains(t, err, "API key is empty")
}

func TestCreditsAreBoughtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sandbox.Start(t) // closes itself
		client, err := bardge.New(server.APIKey, bardge.WithBaseURL(server.URL), bardge.WithHTTPClient(server.Client()))
		require.NoError(t, err)

		server.Next(sandbox.PurchaseCredits, sandbox.Unavailable(5*time.Second), sandbox.LoseResponse)
		_, resp, err := client.Credits.Purchase(t.Context(), bardge.PurchaseCreditsParams{
			ClientID: server.Seed.ClientID, PackageID: server.Seed.CreditPackageID,
		})
		require.NoError(t, err)
		assert.Len(t, resp.Attempts, 3)
		assert.Equal(t, 1, server.Executed(sandbox.PurchaseCredits))
	})
}
