package postgres

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// A transaction of the outbox may hold the pool's only connection.
func TestJ4_AReservationNeedsNoOtherConnection(t *testing.T) {
	s := newStore(t)
	config, err := pgxpool.ParseConfig(s.dsn)
	require.NoError(t, err)
	config.MaxConns = 1
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	defer pool.Close()
	j, err := New(t.Context(), pool, WithSchema(s.schema))
	require.NoError(t, err)
	defer func() { require.NoError(t, j.Close()) }()
	api := sandbox.Start(t)
	client := func(account string) *bardge.Client {
		c, err := bardge.New(api.APIKey, bardge.WithJournal(j, account),
			bardge.WithBaseURL(api.URL), bardge.WithHTTPClient(api.Client()))
		require.NoError(t, err)
		return c
	}
	issue := func(c *bardge.Client, opts ...bardge.CallOption) error {
		_, _, err := c.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{
			ClientID: api.Seed.ClientID, PassID: api.Seed.PassID,
		}, append(opts, bardge.WithRef("order-1"))...)
		return err
	}
	acme := client("acme")
	tx, err := pool.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(t.Context()) }() // without effect after the commit
	begun := time.Now()
	require.NoError(t, bardge.Reserve(j.InTx(tx), func(reserve bardge.CallOption) error { return issue(acme, reserve) }))
	assert.Less(t, time.Since(begun), 9*time.Second, "the journal's time limit is 10 s")
	require.NoError(t, tx.Commit(t.Context()))
	require.ErrorIs(t, issue(client("other")), bardge.ErrOtherAccount)
	require.NoError(t, issue(acme))
	assert.Equal(t, 1, api.Executed(sandbox.IssuePass))
}
