package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"
)

// While callers wait, writes of other processes are looked for in this
// interval: with one more write, a caller notices one within 10 ms.
const pollPause = 5 * time.Millisecond

const (
	versionSQL  = `SELECT version FROM operations WHERE id = ?`
	versionsSQL = `SELECT id, version FROM operations WHERE id IN (SELECT value FROM json_each(?))`
)

// waiters are callers that wait for a record to change. Writes of this journal
// wake them; for other processes' the file is polled.
type waiters struct {
	journal *Journal

	mu      sync.Mutex
	byID    map[string]map[*waiter]bool
	closed  bool
	polling bool
	polls   sync.WaitGroup
}

type waiter struct {
	id      string
	version int64
	woken   chan error // has room for the one error, or nil
}

func (w *waiters) open(j *Journal) { w.journal, w.byID = j, map[string]map[*waiter]bool{} }

// Wait returns when the record may have a version other than this one, or when
// ctx is over. Writes of other processes are noticed after 5 ms.
func (j *Journal) Wait(ctx context.Context, id string, version int64) error {
	w := &waiter{id: id, version: version, woken: make(chan error, 1)}
	if err := j.waiters.add(w); err != nil {
		return failed(err)
	}
	defer j.waiters.remove(w)
	var stored int64
	err := j.db.QueryRowContext(ctx, versionSQL, id).Scan(&stored) // after add: no write is missed
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	if ctx.Err() != nil {
		return nil
	}
	if err := j.afterReading(err); err != nil || stored != version {
		return err
	}
	select {
	case err := <-w.woken:
		return err
	case <-ctx.Done():
		return nil
	}
}

func (w *waiters) add(one *waiter) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return errClosed
	}
	if w.byID[one.id] == nil {
		w.byID[one.id] = map[*waiter]bool{}
	}
	w.byID[one.id][one] = true
	if !w.polling {
		w.polling = true
		w.polls.Go(w.poll)
	}
	return nil
}

func (w *waiters) remove(one *waiter) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.drop(one)
}

func (w *waiters) drop(one *waiter) {
	delete(w.byID[one.id], one)
	if len(w.byID[one.id]) == 0 {
		delete(w.byID, one.id)
	}
}

// wakeChanged wakes the waiters of a batch's records, even of a failed one.
func (w *waiters) wakeChanged(batch []*write) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.byID) == 0 {
		return
	}
	for _, each := range batch {
		for _, id := range each.changed {
			for one := range w.byID[id] {
				w.wake(one, nil)
			}
		}
	}
}

func (w *waiters) wake(one *waiter, err error) {
	one.woken <- err
	w.drop(one)
}

func (w *waiters) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.wakeAll(failed(errClosed))
	w.polls.Wait()
}

func (w *waiters) wakeAll(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, group := range w.byID {
		for one := range group {
			w.wake(one, err)
		}
	}
}

// ids returns the awaited records; none ends the polling.
func (w *waiters) ids() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.polling = len(w.byID) > 0
	return slices.Collect(maps.Keys(w.byID))
}

// poll checks for writes of other processes until no caller waits.
func (w *waiters) poll() {
	ctx := context.Background()
	p, err := w.newPoller(ctx)
	for {
		if err != nil {
			w.wakeAll(failed(err))
		}
		ids := w.ids()
		if len(ids) == 0 {
			break
		}
		begun := time.Now()
		if err == nil {
			err = p.look(ctx, ids)
		}
		time.Sleep(max(pollPause, 4*time.Since(begun)))
	}
	if p != nil {
		_ = p.conn.Close() // it goes back to the pool
	}
}

// poller has a connection of its own, whose data_version is compared.
type poller struct {
	waiters *waiters
	conn    *sql.Conn
	seen    int64
}

func (w *waiters) newPoller(ctx context.Context) (*poller, error) {
	conn, err := w.journal.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &poller{waiters: w, conn: conn, seen: -1}, nil
}

// look wakes the waiters whose records have changed, if anything was written.
func (p *poller) look(ctx context.Context, ids []string) error {
	if err := p.waiters.journal.files.check(); err != nil {
		return err
	}
	var version int64
	if err := p.conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&version); err != nil {
		return err
	}
	if version == p.seen {
		return nil
	}
	rows, err := p.conn.QueryContext(ctx, versionsSQL, jsonOf(ids))
	if err != nil {
		return err
	}
	versions, err := readVersions(rows)
	if err != nil {
		return err
	}
	p.seen = version
	p.waiters.wakeOthers(ids, versions)
	return nil
}

func readVersions(rows *sql.Rows) (map[string]int64, error) {
	defer func() { _ = rows.Close() }() // rows.Err reports what went wrong
	versions := map[string]int64{}
	for rows.Next() {
		var id string
		var version int64
		if err := rows.Scan(&id, &version); err != nil {
			return nil, err
		}
		versions[id] = version
	}
	return versions, rows.Err()
}

// wakeOthers wakes the waiters for other versions than the stored (0: none).
func (w *waiters) wakeOthers(ids []string, versions map[string]int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		for one := range w.byID[id] {
			if one.version != versions[id] {
				w.wake(one, nil)
			}
		}
	}
}
