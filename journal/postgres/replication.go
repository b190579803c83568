package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bardge/bardge-go/journal"
)

// ErrNotSynchronous: the server acknowledges commits that no synchronous
// standby has, despite RequireSynchronous. It wraps ErrNotDurable.
var ErrNotSynchronous = fmt.Errorf("commits are not confirmed by a synchronous standby "+
	"(synchronous_standby_names, synchronous_commit): %w", ErrNotDurable)

// ErrLowerTimeline: the server has a lower timeline than one seen of the same
// cluster: a standby has replaced it. See AllowLowerTimeline.
var ErrLowerTimeline = errors.New("the server was replaced by another primary: " +
	"its timeline is lower than one seen before")

// errOnlyLocal: the wait for the synchronous standby was cancelled. PostgreSQL
// reports such a commit as done, with a warning.
var errOnlyLocal = &failure{
	text:   "save: the wait for the synchronous standby was cancelled",
	causes: []error{&journal.Error{Cause: journal.CauseNotDurable}},
}

// onlyLocalMark marks a connection whose last commit had that warning.
const onlyLocalMark = "bardge journal: only local"

// watchCommits notes that warning, then calls next. The warning's text is in
// the server's language, but not the name of the reporting function.
func watchCommits(next pgconn.NoticeHandler) pgconn.NoticeHandler {
	return func(conn *pgconn.PgConn, n *pgconn.Notice) {
		if n.Routine == "SyncRepWaitForLSN" {
			conn.CustomData()[onlyLocalMark] = true
		}
		if next != nil {
			next(conn, n)
		}
	}
}

func onlyLocal(conn *pgx.Conn) bool {
	data := conn.PgConn().CustomData()
	_, marked := data[onlyLocalMark]
	delete(data, onlyLocalMark)
	return marked
}

// warnOfStandbys warns of standbys that may become the primary without the last
// commits. A role without the rights of pg_monitor sees how many connections
// replicate, but not what they are: then each that is not known to be logical
// counts. If the role does not even see that, nothing is logged.
func warnOfStandbys(ctx context.Context, db *database, logger *slog.Logger) {
	const count = `SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_replication AS r
		WHERE pg_catalog.current_setting('synchronous_standby_names') = ''
			AND coalesce(r.state, 'streaming') IN ('streaming', 'catchup')
			AND NOT EXISTS (SELECT FROM pg_catalog.pg_replication_slots AS s
				WHERE s.active_pid = r.pid AND s.slot_type = 'logical')`
	var standbys int
	if err := db.QueryRow(ctx, count).Scan(&standbys); err != nil || standbys == 0 {
		return
	}
	logger.WarnContext(ctx, "postgres journal: no standby is synchronous; after a failover to one, operations of the "+
		"last moments before it may be executed again (see synchronous_standby_names)", "standbys", standbys)
}

// timelines hold the highest timeline that a journal has seen of each database
// cluster. A promotion begins a new one, so a lower one belongs to a primary
// that was replaced and not fenced. They are kept in memory: the old primary's
// database would have the old value.
type timelines struct {
	mu      sync.Mutex
	highest map[string]uint32 // by the cluster's system identifier
}

// observe compares the timeline with the highest seen.
func (t *timelines) observe(cluster string, timeline uint32) (lower, risen bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	highest, known := t.highest[cluster]
	t.highest[cluster] = max(highest, timeline)
	return timeline < highest, known && timeline > highest
}

// readTimeline selects the cluster and its current timeline. The control file
// has a new one only after the next checkpoint, the log file's name at once.
const readTimeline = `SELECT (SELECT system_identifier FROM pg_catalog.pg_control_system()),
	pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn())`

// checkTimeline refuses a server on a lower timeline than one seen before. When
// the timeline rises, it closes the pool's other sessions, which may belong to
// the old primary. It accepts a server that does not report its timeline.
func (c *checks) checkTimeline(ctx context.Context, conn *pgconn.PgConn) error {
	if c.timelines == nil {
		return nil
	}
	results, err := conn.Exec(ctx, readTimeline).ReadAll()
	if err != nil {
		if stateOf(err) == "" || conn.IsClosed() {
			return err
		}
		return nil
	}
	cluster, timeline, ok := timelineOf(results)
	if !ok {
		return nil
	}
	lower, risen := c.timelines.observe(cluster, timeline)
	if lower {
		return ErrLowerTimeline
	}
	if risen {
		c.reset()
	}
	return nil
}

// timelineOf parses readTimeline's result. A file's name begins with its
// timeline in eight hexadecimal digits.
func timelineOf(results []*pgconn.Result) (cluster string, timeline uint32, ok bool) {
	if len(results) != 1 || len(results[0].Rows) != 1 {
		return "", 0, false
	}
	row := results[0].Rows[0]
	file := string(row[1])
	n, err := strconv.ParseUint(file[:min(len(file), 8)], 16, 32)
	return string(row[0]), uint32(n), err == nil
}
