package main

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

func printPasses(ctx context.Context, client *bardge.Client) error {
	for pass, err := range client.Passes.All(ctx, bardge.ListPassesParams{}) {
		if err != nil {
			return err
		}
		fmt.Println(pass.ID, pass.Name)
	}
	return nil
}

func TestLists(t *testing.T) {
	inShop(t, func(t *testing.T, server *sandbox.Sandbox, client *bardge.Client) {
		printed := output(t, func() { assert.NoError(t, printPasses(t.Context(), client)) })
		assert.Contains(t, printed, "pass_premium Premium Wellness Pass\n")
		assert.Equal(t, 1, server.Requests(sandbox.ListPasses))
	})
}

func issueOrResume(
	ctx context.Context, client *bardge.Client, params bardge.IssuePassParams, patience time.Duration,
) (*bardge.IssuedPass, *bardge.Response, error) {
	short, stop := context.WithTimeout(ctx, patience)
	defer stop()
	pass, resp, err := client.IssuedPasses.Issue(short, params)

	if bardge.OutcomeOf(err) == bardge.OutcomeUnknown && bardge.CanRepeat(err) && bardge.RetryHelps(err) {
		pass, resp, err = client.IssuedPasses.Issue(ctx, params, bardge.WithIdempotencyKey(bardge.KeyOf(err)))
	}
	return pass, resp, err
}

func TestResume(t *testing.T) {
	inShop(t, func(t *testing.T, server *sandbox.Sandbox, client *bardge.Client) {
		server.Next(sandbox.IssuePass, sandbox.DelayAfter(5*time.Second))
		_, resp, err := issueOrResume(t.Context(), client, premium(server), time.Second)
		require.NoError(t, err)
		assert.True(t, resp.Replayed)
		assert.Equal(t, 1, server.Executed(sandbox.IssuePass))
	})
}

func explain(err error) string {
	var reused *bardge.IdempotencyKeyReusedError
	var invalid *bardge.InvalidError
	switch {
	case errors.As(err, &invalid):
		return "a bug of ours: " + invalid.Error()
	case errors.Is(err, bardge.ErrClassFull):
		return "offer another class"
	case errors.Is(err, bardge.ErrKeyExpired):
		return "too late to repeat under this key: check first"
	case errors.As(err, &reused):
		return "the key belongs to another request: check that one before using a new key"
	}
	return err.Error()
}

func TestErrors(t *testing.T) {
	inShop(t, func(t *testing.T, server *sandbox.Sandbox, client *bardge.Client) {
		_, _, err := client.Bookings.BookClass(t.Context(), bardge.BookClassParams{
			ClassInstanceID: server.Seed.FullInstanceID, ClientID: server.Seed.ClientID,
		})
		assert.Equal(t, "offer another class", explain(err))
		_, _, err = client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{ClientID: "c1"})
		assert.Equal(t, "a bug of ours: IssuePassParams.PassID is not set", explain(err))

		key := bardge.NewKey()
		params := premium(server)
		_, _, err = client.IssuedPasses.Issue(t.Context(), params, bardge.WithIdempotencyKey(key))
		require.NoError(t, err)
		params.PassID = server.Seed.TrialPassID
		_, _, err = client.IssuedPasses.Issue(t.Context(), params, bardge.WithIdempotencyKey(key))
		assert.Contains(t, explain(err), "the key belongs to another request")
	})
}
