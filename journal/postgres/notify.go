package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"sync"
	"time"
)

// A caller that waits for another process's record holds, in a session of its
// own, a shared advisory lock of the record's id, and listens on the journal's
// channel. Each write of a record requires that it can lock the id in its own
// transaction. If it cannot, another process waits: the record is written
// without that condition, and the writer sends a notification, after its commit
// and in another transaction, because a transaction with a notification is
// committed under a lock of the whole database.
//
// No wake-up is lost: a writer that got the lock keeps it until its commit is
// visible, and a caller that gets it afterwards reads the new version.

// lockClass is the journal's half of its advisory locks, before an id's hash.
func lockClass(schema string) int32 {
	sum := sha256.Sum256([]byte("bardge journal " + schema))
	return int32(binary.BigEndian.Uint32(sum[:]))
}

func channelOf(schema string) string {
	sum := sha256.Sum256([]byte(schema))
	return "bardge_journal_" + hex.EncodeToString(sum[:8])
}

const (
	// A notification need not be durable, so its transaction does not wait for
	// the disk or a standby. The setting ends with the statement.
	notify = `SELECT pg_catalog.set_config('synchronous_commit', 'off', true),
		(SELECT pg_catalog.count(pg_catalog.pg_notify($1, pg_catalog.hashtext(a.id)::text || ' ' || a.version::text))
			FROM ROWS FROM (pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::bigint[])) AS a (id, version))`
	notifyTimeout = 5 * time.Second
	maxAnnounced  = 1000 // bounds the waiting announcements while the server is away
)

type waker struct {
	db      *database
	channel string

	stopped context.Context //nolint:containedctx // the waker's own life, not a call's
	stop    context.CancelFunc
	running sync.WaitGroup

	mu      sync.Mutex
	pending map[string]int64 // versions of records
	busy    bool
}

func newWaker(db *database, schema string) *waker {
	w := &waker{db: db, channel: channelOf(schema), pending: map[string]int64{}}
	w.stopped, w.stop = context.WithCancel(context.Background())
	return w
}

// announce announces a record's version, without waiting. Records that are
// written meanwhile are announced together.
func (w *waker) announce(id string, version int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped.Err() != nil || len(w.pending) >= maxAnnounced {
		return // waiting callers poll, a little later
	}
	w.pending[id] = version
	if !w.busy {
		w.busy = true
		w.running.Go(w.run)
	}
}

func (w *waker) run() {
	for {
		w.mu.Lock()
		written := w.pending
		w.pending = map[string]int64{}
		w.busy = len(written) > 0
		w.mu.Unlock()
		if len(written) == 0 {
			return
		}
		w.send(written)
	}
}

func (w *waker) send(written map[string]int64) {
	ids, versions := make([]string, 0, len(written)), make([]int64, 0, len(written))
	for id, version := range written {
		ids, versions = append(ids, id), append(versions, version)
	}
	ctx, cancel := context.WithTimeout(w.stopped, notifyTimeout)
	defer cancel()
	rows, _ := w.db.Query(ctx, notify, w.channel, ids, versions) // rows bring the error
	for rows.Next() {
	}
	rows.Close() // after an error waiting callers poll
}

func (w *waker) close() {
	w.mu.Lock()
	w.stop()
	w.mu.Unlock()
	w.running.Wait()
}
