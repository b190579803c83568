package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// inBentShop is inShop with a server that differs from the contract.
func inBentShop(
	t *testing.T, bend sandbox.Bend, f func(t *testing.T, server *sandbox.Sandbox, client *bardge.Client), opts ...bardge.Option,
) {
	t.Helper()
	inShopWith(t, []sandbox.Option{sandbox.WithDrift(bend)}, f, opts...)
}

func corrected(apiKey string) (*bardge.Client, error) {
	return bardge.New(apiKey,
		bardge.WithPath("GetClass", "/class/{id}"),
	)
}

func TestCorrectAPath(t *testing.T) {
	_, err := corrected("key")
	require.NoError(t, err)
	bend := sandbox.MoveOperation(sandbox.GetClass, "/class/{id}")
	get := func(t *testing.T, server *sandbox.Sandbox, client *bardge.Client) error {
		t.Helper()
		_, _, err := client.Classes.Get(t.Context(), server.Seed.ClassID)
		return err
	}
	inBentShop(t, bend, func(t *testing.T, server *sandbox.Sandbox, client *bardge.Client) {
		assert.ErrorIs(t, get(t, server, client), bardge.ErrNotFound)
	})
	inBentShop(t, bend, func(t *testing.T, server *sandbox.Sandbox, client *bardge.Client) {
		assert.NoError(t, get(t, server, client))
	}, bardge.WithPath("GetClass", "/class/{id}"))
}

func issueRenamed(ctx context.Context, client *bardge.Client) error {
	pass, _, err := client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{ClientID: "client_ada", PassID: "pass_trial"},
		bardge.WithoutField("pass_id"), bardge.WithExtraField("pass_package_id", "pass_trial"))
	if err != nil {
		return err
	}
	fmt.Println(pass.ID)
	return nil
}

func TestCorrectARequest(t *testing.T) {
	bend := sandbox.RenameRequestField(sandbox.IssuePass, "pass_id", "pass_package_id")
	inBentShop(t, bend, func(t *testing.T, server *sandbox.Sandbox, client *bardge.Client) {
		_, _, err := client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{ClientID: "client_ada", PassID: "pass_trial"})
		assert.ErrorIs(t, err, bardge.ErrValidation)
		assert.Equal(t, "brgpass_0001\n", output(t, func() { assert.NoError(t, issueRenamed(t.Context(), client)) }))
		assert.Equal(t, 1, server.Executed(sandbox.IssuePass))
	})
}

func readRenamed(ctx context.Context, client *bardge.Client, params bardge.IssuePassParams) error {
	pass, resp, err := client.IssuedPasses.Issue(ctx, params)
	if err != nil {
		return err
	}
	for _, d := range resp.Drift {
		fmt.Println(d.Kind, d.Field)
	}
	var more struct {
		Reference string `json:"reference"`
	}
	if err := json.Unmarshal(resp.Raw, &more); err != nil {
		return err
	}
	fmt.Println(pass.ID, more.Reference)
	return nil
}

func TestReadARenamedField(t *testing.T) {
	bend := sandbox.RenameField(sandbox.IssuePass, "tx_ref", "reference")
	inBentShop(t, bend, func(t *testing.T, _ *sandbox.Sandbox, client *bardge.Client) {
		params := bardge.IssuePassParams{ClientID: "client_ada", PassID: "pass_trial"}
		got := output(t, func() { assert.NoError(t, readRenamed(t.Context(), client, params)) })
		assert.Equal(t, "unknown field IssuedPass.reference\nmissing field IssuedPass.tx_ref\nbrgpass_0001 FLW-TXN-0006\n", got)
	})
}

func giftPass(ctx context.Context, client *bardge.Client) (id string, err error) {
	raw, _, err := client.Do(ctx, bardge.RawCall{
		Name: "IssueGiftPass", Method: http.MethodPost, Path: "/gift_passes",
		Body:  map[string]string{"client_id": "client_ada", "pass_id": "pass_trial"},
		Class: bardge.Keyed, Essential: []string{"id"},
	})
	if err != nil {
		return "", err // its outcome is known, as of every call
	}
	var gift struct {
		ID string `json:"id"`
	}
	return gift.ID, json.Unmarshal(raw, &gift)
}

func TestCallWhatTheSDKDoesNotHave(t *testing.T) {
	bend := sandbox.MoveOperation(sandbox.IssuePass, "/gift_passes")
	inBentShop(t, bend, func(t *testing.T, server *sandbox.Sandbox, client *bardge.Client) {
		server.Next(sandbox.IssuePass, sandbox.LoseResponse)
		id, err := giftPass(t.Context(), client)
		require.NoError(t, err)
		assert.Equal(t, "brgpass_0001", id)
		assert.Equal(t, 1, server.Executed(sandbox.IssuePass))
	})
}

func watched() (*bardge.Client, error) {
	report := new(bardge.DriftReport)
	return bardge.FromEnv(
		bardge.WithDriftReport(report.WriteAtClose(os.Getenv("DRIFT_REPORT"))), // drift.json, or a page with the ending .md
	)
}

func TestKeepWatching(t *testing.T) {
	file := filepath.Join(t.TempDir(), "drift.json")
	t.Setenv("BARDGE_API_KEY", "key")
	t.Setenv("DRIFT_REPORT", file)
	client, err := watched()
	require.NoError(t, err)
	require.NoError(t, client.Close(t.Context()))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"version":1`)
}
