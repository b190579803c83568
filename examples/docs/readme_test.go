package main

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bardgetest"
	"github.com/bardge/bardge-go/sandbox"
)

func issue(ctx context.Context) error {
	client, err := bardge.FromEnv(bardge.WithTimeout(time.Minute)) // BARDGE_API_KEY, BARDGE_BASE_URL
	if err != nil {
		return err
	}
	defer func() { _ = client.Close(ctx) }()
	pass, _, err := client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
		ClientID: "client_ada", PassID: "pass_premium", FirstName: "Ada", LastName: "Okafor",
	})
	if err != nil {
		return err
	}
	fmt.Println(pass.ID, "is", pass.Status)
	return nil
}

func TestIssue(t *testing.T) {
	server, err := sandbox.New()
	require.NoError(t, err)
	defer server.Close()
	front := httptest.NewServer(server.Handler())
	defer front.Close()
	t.Setenv("BARDGE_API_KEY", server.APIKey)
	t.Setenv("BARDGE_BASE_URL", front.URL+sandbox.BasePath)
	assert.Equal(t, "brgpass_0001 is ACTIVE\n", output(t, func() { assert.NoError(t, issue(t.Context())) }))
}

func next(err error) (what string, wait time.Duration) {
	var failed *bardge.Error
	errors.As(err, &failed)
	switch bardge.OutcomeOf(err) {
	case bardge.OutcomeDone:
		if err != nil { // executed, but the response is lost
			return "look up the pass", 0
		}
		return "deliver the pass", 0
	case bardge.OutcomeNotSent: // nothing left this machine
		if !bardge.RetryHelps(err) { // such as a bad parameter
			return "fix the request", 0
		}
		return "try again", time.Minute
	case bardge.OutcomeRejected: // certainly not executed
		if errors.Is(err, bardge.ErrRateLimited) {
			return "try again", max(failed.RetryAfter, time.Minute)
		}
		return "fix the request", 0
	default: // OutcomeUnknown: it may have been executed
		if !bardge.RetryHelps(err) { // such as after the key's 90 seconds
			return "leave it to recovery, or to a person", 0
		}
		return "try again with the same ref", 10 * time.Second
	}
}

func TestNext(t *testing.T) {
	inShop(t, func(t *testing.T, server *sandbox.Sandbox, client *bardge.Client) {
		after := func(passID string, faults ...sandbox.Fault) string {
			server.Next(sandbox.IssuePass, faults...)
			params := bardge.IssuePassParams{ClientID: server.Seed.ClientID, PassID: passID}
			_, _, err := client.IssuedPasses.Issue(t.Context(), params, bardge.WithMaxAttempts(1))
			what, wait := next(err)
			return fmt.Sprint(what, " after ", wait)
		}
		assert.Equal(t, "deliver the pass after 0s", after(server.Seed.PassID))
		what, _ := next(bardgetest.ResponseLost("IssuePass"))
		assert.Equal(t, "look up the pass", what)
		assert.Equal(t, "fix the request after 0s", after("pass_none"))
		assert.Equal(t, "fix the request after 0s", after(""))
		assert.Equal(t, "try again after 2m0s", after(server.Seed.PassID, sandbox.TooMany(2*time.Minute)))
		assert.Equal(t, "try again with the same ref after 10s", after(server.Seed.PassID, sandbox.LoseResponse))
		server.Down()
		assert.Equal(t, "try again after 1m0s", after(server.Seed.PassID))
	})
}

func TestCreditsAreBoughtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // all waiting is virtual
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
