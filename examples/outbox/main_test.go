package main

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox"
)

func TestAnOrderBuysOnePass(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, program(t.Context(), &out))
	assert.Equal(t, "0 passes after the orders\n2 orders delivered\n0 orders delivered\n2 passes\n", out.String())
}

// withSandbox runs f in a shop on an emulated API.
func withSandbox(t *testing.T, f func(*sandbox.Sandbox, *shop)) {
	t.Helper()
	api, err := sandbox.New()
	require.NoError(t, err)
	defer api.Close()
	require.NoError(t, withShop(t.Context(), t.TempDir(), api, func(s *shop) error {
		f(api, s)
		return nil
	}))
}

func place(t *testing.T, s *shop, number, member string) error {
	t.Helper()
	return s.place(t.Context(), order{number: number, member: member})
}

func TestAnOrderThatIsRolledBackBuysNothing(t *testing.T) {
	withSandbox(t, func(api *sandbox.Sandbox, s *shop) {
		require.NoError(t, place(t, s, "1", "m"))
		require.Error(t, place(t, s, "1", "m"), "the number is taken")
		require.Error(t, place(t, s, "2", ""), "the call is invalid")
		n, err := s.deliver(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, n)
		assert.Equal(t, 1, api.Requests(sandbox.IssuePass))
	})
}

func TestADeliveryThatForgetsBuysOnce(t *testing.T) {
	withSandbox(t, func(api *sandbox.Sandbox, s *shop) {
		require.NoError(t, place(t, s, "1", "m"))
		for range 2 {
			n, err := s.deliver(t.Context())
			require.NoError(t, err)
			assert.Equal(t, 1, n)
			_, err = s.db.ExecContext(t.Context(), `UPDATE orders SET pass = NULL`) // as before a crash
			require.NoError(t, err)
		}
		assert.Equal(t, 1, api.Requests(sandbox.IssuePass))
	})
}

func TestAnOutageLeavesTheOrderOpen(t *testing.T) {
	withSandbox(t, func(api *sandbox.Sandbox, s *shop) {
		require.NoError(t, place(t, s, "1", "m"))
		api.Down()
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		n, err := s.deliver(ctx)
		require.Error(t, err)
		assert.Zero(t, n)
		api.Up()
		n, err = s.deliver(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, n)
		assert.Equal(t, 1, api.Executed(sandbox.IssuePass))
	})
}

func TestARejectedOrderIsForAPerson(t *testing.T) {
	withSandbox(t, func(_ *sandbox.Sandbox, s *shop) {
		s.passID = "no-such-pass"
		require.NoError(t, place(t, s, "1", "m"))
		n, err := s.deliver(t.Context())
		require.NoError(t, err)
		assert.Zero(t, n)
		open, err := s.open(t.Context())
		require.NoError(t, err)
		assert.Empty(t, open)
	})
}
