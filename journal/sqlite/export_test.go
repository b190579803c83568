package sqlite

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// The ways in which tests make a transaction fail. Only the first statement of a
// script is looked at before it runs.
const (
	failsAtOnce   = "SELECT 1; SELECT x FROM nowhere"
	failsAfterAll = "COMMIT; SELECT x FROM nowhere"
)

// Faults name what Break can cause.
var Faults = []string{"it cannot begin", "the commit fails", "the commit's answer is lost"}

// Break makes the journal's transactions fail until repair is called.
func (j *Journal) Break(fault string) (repair func(), err error) {
	j.group.idle.Wait()
	whole := *j.writer
	switch fault {
	case Faults[0]:
		j.writer.begin, err = whole.conn.PrepareContext(context.Background(), failsAtOnce)
	case Faults[1]:
		j.writer.commit, err = whole.conn.PrepareContext(context.Background(), failsAtOnce)
	default:
		j.writer.commit, err = whole.conn.PrepareContext(context.Background(), failsAfterAll)
	}
	return func() {
		j.group.idle.Wait()
		*j.writer = whole
	}, err
}

// Exec runs a statement on the connection that writes.
func (j *Journal) Exec(statement string) error {
	j.group.idle.Wait()
	_, err := j.writer.conn.ExecContext(context.Background(), statement)
	return err
}

// Pragma returns what the connection that writes is set to.
func (j *Journal) Pragma(tb testing.TB, name string) string {
	tb.Helper()
	var value string
	require.NoError(tb, j.writer.conn.QueryRowContext(tb.Context(), "PRAGMA "+name).Scan(&value))
	return value
}

// Hold stops the commits, each before its transaction begins, until resume is
// called.
func (j *Journal) Hold() (resume func()) {
	gate := make(chan struct{})
	commit := j.group.commit
	j.group.commit = func(batch []*write) {
		<-gate
		commit(batch)
	}
	return func() { close(gate) }
}

// CountCommits counts the batches from now on.
func (j *Journal) CountCommits() (count func() int) {
	var n atomic.Int64
	commit := j.group.commit
	j.group.commit = func(batch []*write) {
		n.Add(1)
		commit(batch)
	}
	return func() int { return int(n.Load()) }
}

// Count returns how many records there are.
func (j *Journal) Count(tb testing.TB) int {
	tb.Helper()
	j.group.idle.Wait()
	var n int
	require.NoError(tb, j.db.QueryRowContext(tb.Context(), "SELECT count(*) FROM operations").Scan(&n))
	return n
}
