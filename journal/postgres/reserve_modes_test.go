package postgres

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// A pooler's users often choose a mode without prepared statements, which reads
// results as text.
func TestJ4_AReservationDependsOnNoModeOfTheConnection(t *testing.T) {
	for _, mode := range []string{"exec", "simple_protocol", "describe_exec", "cache_describe", "cache_statement"} {
		t.Run(mode, func(t *testing.T) {
			s := newStore(t)
			j := s.open()
			tx := s.with("default_query_exec_mode=" + mode).begin(pgx.TxOptions{})
			for _, sql := range []string{`SET LOCAL DateStyle = 'German'`, `SET LOCAL IntervalStyle = 'iso_8601'`} {
				_, err := tx.Exec(t.Context(), sql)
				require.NoError(t, err)
			}
			for _, isNew := range []bool{true, false} {
				stored, reserved, err := j.InTx(tx).Reserve(t.Context(), reservation("ref:1"))
				require.NoError(t, err)
				assert.Equal(t, isNew, reserved)
				assert.Equal(t, "ref:1", stored.ID)
			}
			require.NoError(t, tx.Commit(t.Context()))
		})
	}
}

func TestJ16_ATransactionThatHasEndedIsNoBrokenConnection(t *testing.T) {
	s := newStore(t)
	tx := s.begin(pgx.TxOptions{})
	require.NoError(t, tx.Commit(t.Context()))
	_, _, err := s.open().InTx(tx).Reserve(t.Context(), reservation("ref:1"))
	require.ErrorIs(t, err, journal.CauseClosed)
	require.EqualError(t, err, "postgres journal: reserve: tx is closed")
}

func TestJ16_ATransactionThatWasIdleForTooLongTimedOut(t *testing.T) {
	s := newStore(t)
	j := s.open()
	tx := s.begin(pgx.TxOptions{})
	_, err := tx.Exec(t.Context(), `SET LOCAL idle_in_transaction_session_timeout = 1`)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		return ask[int](s, `SELECT count(*) FROM pg_stat_activity WHERE pid = $1`, tx.Conn().PgConn().PID()) == 0
	}, patience, tick)
	_, _, err = j.InTx(tx).Reserve(t.Context(), reservation("ref:1"))
	require.ErrorIs(t, err, journal.CauseTimeout)
	require.ErrorContains(t, err, "SQLSTATE 25P03")
}
