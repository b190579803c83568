package postgres

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal"
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

// A program's mistake is an error, not a panic, and never a call that is sent.
func TestJ4_WithoutATransactionNothingIsReserved(t *testing.T) {
	s := newStore(t)
	j := s.open()
	ended, err := s.connect().Begin(t.Context())
	require.NoError(t, err)
	require.NoError(t, ended.Rollback(t.Context()))
	api := sandbox.Start(t)
	client, err := bardge.New(api.APIKey, bardge.WithJournal(j, "acme"),
		bardge.WithBaseURL(api.URL), bardge.WithHTTPClient(api.Client()))
	require.NoError(t, err)
	for name, tx := range map[string]pgx.Tx{"nil": nil, "a nil pointer": (*pgxpool.Tx)(nil), "one that has ended": ended} {
		t.Run(name, func(t *testing.T) {
			err := bardge.Reserve(j.InTx(tx), func(reserve bardge.CallOption) error {
				_, _, err := client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{
					ClientID: api.Seed.ClientID, PassID: api.Seed.PassID,
				}, bardge.WithRef("order-1"), reserve)
				return err
			})
			require.ErrorIs(t, err, bardge.ErrJournal)
			assert.NotEqual(t, bardge.OutcomeDone, bardge.OutcomeOf(err))
			assert.False(t, has(t, j, journal.RefID("order-1")))
		})
	}
	assert.Zero(t, api.Requests(sandbox.IssuePass))
}
