package main

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// inShop runs f with a sandbox and a client, in virtual time.
func inShop(t *testing.T, f func(t *testing.T, server *sandbox.Sandbox, client *bardge.Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := sandbox.Start(t)
		client, err := bardge.New(server.APIKey, bardge.WithBaseURL(server.URL), bardge.WithHTTPClient(server.Client()))
		require.NoError(t, err)
		f(t, server, client)
	})
}

func premium(server *sandbox.Sandbox) bardge.IssuePassParams {
	return bardge.IssuePassParams{ClientID: server.Seed.ClientID, PassID: server.Seed.PassID}
}

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

func advice(ctx context.Context, client *bardge.Client, params bardge.IssuePassParams) string {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	pass, resp, err := client.IssuedPasses.Issue(ctx, params)

	if invalid, ok := errors.AsType[*bardge.InvalidError](err); ok {
		return "a bug of ours: " + invalid.Error()
	}
	switch bardge.OutcomeOf(err) {
	case bardge.OutcomeNotSent:
		return "try again later"
	case bardge.OutcomeRejected:
		return "fix the request"
	case bardge.OutcomeUnknown:
		return "ask again with the error's key, or look"
	}
	if err != nil {
		return "issued, and the answer is lost"
	}
	return fmt.Sprintf("%s is issued, request %s", pass.ID, resp.RequestID)
}

func TestOutcomes(t *testing.T) {
	inShop(t, func(t *testing.T, server *sandbox.Sandbox, client *bardge.Client) {
		ask := func(params bardge.IssuePassParams) string { return advice(t.Context(), client, params) }
		assert.Equal(t, "brgpass_0001 is issued, request req_0001", ask(premium(server)))
		assert.Equal(t, "fix the request", ask(bardge.IssuePassParams{ClientID: "client_ada", PassID: "pass_none"}))
		assert.Equal(t, `a bug of ours: body holds text that is not UTF-8, or the escape \ufffd that stands for it`, ask(bardge.IssuePassParams{ClientID: "\xff", PassID: "p1"}))
		server.Next(sandbox.IssuePass, sandbox.ServerErrorAfter(500))
		assert.Equal(t, "ask again with the error's key, or look", ask(premium(server)))
		server.Down()
		assert.Equal(t, "try again later", ask(premium(server)))
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
	switch {
	case errors.Is(err, bardge.ErrClassFull):
		return "offer another class"
	case errors.Is(err, bardge.ErrKeyExpired):
		return "too late to ask with this key: look first"
	case errors.As(err, &reused):
		return "another request has the key: look before using a new one"
	}
	return err.Error()
}

func TestErrors(t *testing.T) {
	inShop(t, func(t *testing.T, server *sandbox.Sandbox, client *bardge.Client) {
		_, _, err := client.Bookings.BookClass(t.Context(), bardge.BookClassParams{
			ClassInstanceID: server.Seed.FullInstanceID, ClientID: server.Seed.ClientID,
		})
		assert.Equal(t, "offer another class", explain(err))

		key := bardge.NewKey()
		params := premium(server)
		_, _, err = client.IssuedPasses.Issue(t.Context(), params, bardge.WithIdempotencyKey(key))
		require.NoError(t, err)
		params.PassID = server.Seed.TrialPassID
		_, _, err = client.IssuedPasses.Issue(t.Context(), params, bardge.WithIdempotencyKey(key))
		assert.Equal(t, "another request has the key: look before using a new one", explain(err))
	})
}
