package postgres

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	listenIdle = 30 * time.Second // how long the session stays open without waiting callers
	// recheck is how often awaited records are read without a notification,
	// which may be lost with its sender.
	recheck = time.Second
	// relockFirst and relockLast bound the wait for a record being written.
	relockFirst, relockLast = 4 * time.Millisecond, 64 * time.Millisecond
	listenTimeout           = 5 * time.Second // bounds each statement of the listener

	lockAwaited = `SELECT id, pg_catalog.hashtext(id),
			pg_catalog.pg_try_advisory_lock_shared({class}, pg_catalog.hashtext(id))
		FROM pg_catalog.unnest($1::text[]) AS id`
	unlockAwaited = `SELECT pg_catalog.pg_advisory_unlock_shared({class}, hash)
		FROM pg_catalog.unnest($1::int[]) AS hash`
	readVersions = `SELECT id, version FROM {operations} WHERE id = ANY ($1)`
)

type listener struct {
	*waiters

	conn                           *pgx.Conn
	lock, unlockLocks, readVersion string
	relock                         time.Duration // until records are locked again; 0: all are
	idleSince                      time.Time
	nextRecheck                    time.Time
}

// listen serves waiting callers while there are any. If it fails they poll.
func (w *waiters) listen() {
	if err := w.serve(); err != nil {
		w.fail(errCannotWait)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unlock = nil
	w.listening = false
	for _, r := range w.records { // added while the session was closing
		r.locked, r.checked = false, false
	}
	if len(w.records) > 0 && w.stopped.Err() == nil {
		w.listening = true
		w.running.Go(w.listen)
	}
}

func (w *waiters) serve() error {
	ctx, cancel := context.WithTimeout(w.stopped, listenTimeout)
	defer cancel()
	conn, err := w.connect(ctx)
	if err != nil {
		return err
	}
	defer closeSoon(conn)
	if _, err := conn.Exec(ctx, `LISTEN `+quote(channelOf(w.schema))); err != nil {
		return err
	}
	in := placeNames(w.schema)
	l := &listener{
		waiters: w, conn: conn, idleSince: time.Now(),
		lock: in(lockAwaited), unlockLocks: in(unlockAwaited), readVersion: in(readVersions),
	}
	for {
		if err := l.update(); err != nil {
			return err
		}
		if l.isIdle() {
			return nil
		}
		if err := l.await(); err != nil {
			return err
		}
	}
}

// update locks newly awaited records, unlocks those no longer awaited, and
// reads those that may have changed.
func (l *listener) update() error {
	ctx, cancel := context.WithTimeout(l.stopped, listenTimeout)
	defer cancel()
	unlock, lock, read := l.due()
	batch := &pgx.Batch{}
	if len(unlock) > 0 {
		batch.Queue(l.unlockLocks, unlock)
	}
	if len(lock) > 0 {
		batch.Queue(l.lock, lock).Query(l.noteLocks)
	}
	if len(read) > 0 {
		batch.Queue(l.readVersion, read).Query(func(rows pgx.Rows) error { return l.noteVersions(rows, read) })
	}
	if batch.Len() == 0 {
		return nil
	}
	return l.conn.SendBatch(ctx, batch).Close()
}

// due lists the work of update. Records are marked as read before they are: a
// caller that comes meanwhile marks its record again.
func (l *listener) due() (unlock []int32, lock, read []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	unlock, l.unlock = l.unlock, nil
	all := !time.Now().Before(l.nextRecheck)
	if all {
		l.nextRecheck = time.Now().Add(recheck)
	}
	for id, r := range l.records {
		if !r.locked {
			lock = append(lock, id)
		}
		if all || !r.locked || !r.checked {
			read = append(read, id)
			r.checked = true
		}
	}
	return unlock, lock, read
}

// noteLocks notes which records were locked. The others are being written.
func (l *listener) noteLocks(rows pgx.Rows) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	failed := false
	var id string
	var hash int32
	var locked bool
	_, err := pgx.ForEachRow(rows, []any{&id, &hash, &locked}, func() error {
		r := l.records[id]
		switch {
		case !locked:
			failed = true
		case r == nil || r.locked: // without waiting callers
			l.unlock = append(l.unlock, hash)
		default:
			r.locked, r.hash = true, hash
		}
		return nil
	})
	l.relock = nextRelock(l.relock, failed)
	return err
}

func nextRelock(last time.Duration, failed bool) time.Duration {
	switch {
	case !failed:
		return 0
	case last == 0:
		return relockFirst
	default:
		return min(2*last, relockLast)
	}
}

// noteVersions wakes callers that wait for another version (0: no record).
func (l *listener) noteVersions(rows pgx.Rows, ids []string) error {
	versions := map[string]int64{}
	var id string
	var version int64
	_, err := pgx.ForEachRow(rows, []any{&id, &version}, func() error {
		versions[id] = version
		return nil
	})
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range ids {
		l.wake(id, func(call *waiter) bool { return call.version != versions[id] }, nil)
	}
	return nil
}

// isIdle reports whether no caller has waited for long enough.
func (l *listener) isIdle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.records) > 0 {
		l.idleSince = time.Now()
	}
	return time.Since(l.idleSince) >= listenIdle
}

// await waits for a notification, for work, or until work is due.
func (l *listener) await() error {
	wait := recheck
	if l.relock > 0 {
		wait = l.relock
	}
	if l.count.Load() == 0 {
		wait = listenIdle
	}
	ctx, cancel := context.WithTimeout(l.stopped, wait)
	defer cancel()
	interrupted := make(chan struct{})
	go func() {
		defer close(interrupted)
		select {
		case <-l.changed:
			cancel()
		case <-ctx.Done():
		}
	}()
	n, err := l.conn.WaitForNotification(ctx)
	cancel()
	<-interrupted
	if l.conn.IsClosed() || l.stopped.Err() != nil {
		return errCannotWait
	}
	if err == nil {
		l.notified(n.Payload)
	}
	return nil
}

// notified wakes callers that wait for a record that was written. The payload
// has the hash of its id, and its version.
func (l *listener) notified(payload string) {
	hash, version, ok := parsePayload(payload)
	if !ok {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, r := range l.records {
		if r.locked && r.hash == hash {
			l.wake(id, isBefore(version), nil)
		}
	}
}

func parsePayload(payload string) (hash int32, version int64, ok bool) {
	first, second, _ := strings.Cut(payload, " ")
	h, err := strconv.ParseInt(first, 10, 32)
	if err != nil {
		return 0, 0, false
	}
	version, err = strconv.ParseInt(second, 10, 64)
	return int32(h), version, err == nil
}
