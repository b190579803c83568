package powercut

import (
	"context"
	"database/sql"
	"encoding/gob"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/sqlite"
)

// The environment that makes the test binary a child process.
const (
	envMode   = "BARDGE_POWERCUT_MODE"
	envDir    = "BARDGE_POWERCUT_DIR"    // where the journal is
	envEvents = "BARDGE_POWERCUT_EVENTS" // where the recording goes
	envSeed   = "BARDGE_POWERCUT_SEED"
	envOrders = "BARDGE_POWERCUT_ORDERS" // how many in each phase
	envPrefix = "BARDGE_POWERCUT_PREFIX" // of the refs of a process that is killed
)

const database = "journal.db"

var modes = map[string]func(ctx context.Context, dir string) error{
	"record":  record,
	"work":    workUntilKilled,
	"inspect": inspect,
	"recover": recordRecovery,
}

func runChild(mode string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	run := modes[mode]
	if run == nil {
		return fmt.Errorf("no mode %q", mode)
	}
	return run(ctx, os.Getenv(envDir))
}

func newLoad(t *trace) (*load, int, error) {
	seed, err := strconv.ParseUint(os.Getenv(envSeed), 10, 64)
	if err != nil {
		return nil, 0, err
	}
	orders, err := strconv.Atoi(os.Getenv(envOrders))
	return &load{trace: t, seed: seed}, orders, err
}

// record makes the journal, works, works during checkpoints of other programs,
// restarts, and works again.
func record(ctx context.Context, dir string) (err error) {
	t := &trace{}
	l, orders, err := newLoad(t)
	if err != nil {
		return err
	}
	if err := startRecording(dir, t); err != nil {
		return err
	}
	for _, phase := range phases {
		t.add(event{Phase: phase.name})
		j, err := sqlite.Open(filepath.Join(dir, database))
		if err != nil {
			return err
		}
		l.journal, l.prefix = j, phase.name
		if phase.checkpoints {
			err = l.withCheckpoints(ctx, filepath.Join(dir, database), orders)
		} else {
			l.run(ctx, orders)
		}
		if err := errors.Join(err, j.Close()); err != nil {
			return err
		}
	}
	return writeEvents(os.Getenv(envEvents), t.events)
}

var phases = []struct {
	name        string
	checkpoints bool
}{{name: "load"}, {name: "checkpoints", checkpoints: true}, {name: "restarted"}}

// withCheckpoints runs the load while another connection makes checkpoints of
// each kind.
func (l *load) withCheckpoints(ctx context.Context, path string, orders int) (err error) {
	db, err := sql.Open("sqlite", (&url.URL{
		Scheme: "file", Path: path, RawQuery: "_pragma=busy_timeout(100)&_pragma=synchronous(FULL)",
	}).String())
	if err != nil {
		return err
	}
	loaded, stop := context.WithCancel(ctx)
	stopped := make(chan error)
	go func() { stopped <- checkpoints(loaded, db) }()
	for slice := range 4 {
		l.prefix = fmt.Sprint("checkpoints ", slice)
		l.run(ctx, orders/4)
		if err := checkpoint(ctx, db); err != nil { // nothing is in its way now
			stop()
			return errors.Join(err, <-stopped, db.Close())
		}
	}
	stop()
	return errors.Join(<-stopped, db.Close())
}

func checkpoints(ctx context.Context, db *sql.DB) error {
	for ctx.Err() == nil {
		if err := checkpoint(context.WithoutCancel(ctx), db); err != nil {
			return err
		}
	}
	return nil
}

func checkpoint(ctx context.Context, db *sql.DB) error {
	for _, kind := range []string{"PASSIVE", "FULL", "RESTART", "TRUNCATE"} {
		var blocked, frames, copied int
		row := db.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+kind+")")
		if err := row.Scan(&blocked, &frames, &copied); err != nil {
			return err
		}
		time.Sleep(time.Millisecond) // the load goes on
	}
	return nil
}

// workUntilKilled works, and prints each event before it goes on, until it is
// killed.
func workUntilKilled(ctx context.Context, dir string) error {
	l, orders, err := newLoad(&trace{out: gob.NewEncoder(os.Stdout)})
	if err != nil {
		return err
	}
	j, err := sqlite.Open(filepath.Join(dir, database))
	if err != nil {
		return err
	}
	l.journal, l.prefix = j, os.Getenv(envPrefix)
	l.run(ctx, orders)
	return j.Close()
}

func inspect(ctx context.Context, dir string) error {
	s, err := inspectFile(ctx, filepath.Join(dir, database))
	if err != nil {
		s.Problem = err.Error()
	}
	return gob.NewEncoder(os.Stdout).Encode(s)
}

func inspectFile(ctx context.Context, path string) (state, error) {
	s, err := readJournal(ctx, path, true)
	if err != nil {
		return s, err
	}
	if err := integrity(ctx, path); err != nil {
		return s, err
	}
	again, err := readJournal(ctx, path, false)
	if err == nil && len(again.Records) != len(s.Records)+1 {
		err = fmt.Errorf("opened again, it has %d records; it had %d and one more was saved",
			len(again.Records), len(s.Records))
	}
	return s, err
}

func readJournal(ctx context.Context, path string, use bool) (s state, err error) {
	j, err := sqlite.Open(path)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	if s.Records, err = list(ctx, j); err != nil {
		return s, err
	}
	if s.Binding, err = j.Bind(ctx, nil, nil); err != nil || !use {
		return s, err
	}
	return s, useJournal(ctx, j)
}

func list(ctx context.Context, j *sqlite.Journal) ([]journal.Record, error) {
	var reader journal.Reader = j
	var records []journal.Record
	for f := (journal.Filter{Limit: journal.MaxLimit}); ; f.After = records[len(records)-1].ID {
		page, err := reader.List(ctx, f)
		if err != nil || len(page) == 0 {
			return records, err
		}
		for _, listed := range page {
			rec, ok, err := j.Load(ctx, listed.ID)
			if err != nil {
				return nil, err
			}
			if !ok || rec.Version != listed.Version {
				return nil, fmt.Errorf("%s is listed with version %d, and loaded with %d", listed.ID, listed.Version, rec.Version)
			}
			records = append(records, rec)
		}
	}
}

func useJournal(ctx context.Context, j *sqlite.Journal) error {
	rec := journal.Record{
		ID: journal.RefID("after the cut"), Generation: 1, Operation: "bookings.create", Key: "key", Since: now(),
		Owner: "call", Lease: lease, Sealed: []byte("request"),
	}
	for _, outcome := range []journal.Outcome{journal.OutcomeUnknown, journal.OutcomeDone} {
		rec.Outcome = outcome
		if ok, err := j.Save(ctx, rec); err != nil || !ok {
			return fmt.Errorf("saving after the cut: %t, %w", ok, err)
		}
		rec.Version++
	}
	return nil
}

func integrity(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path}).String())
	if err != nil {
		return err
	}
	defer db.Close()
	var found string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return errors.New(found)
	}
	return nil
}

// recordRecovery records how the journal is opened after a cut, and closed.
func recordRecovery(_ context.Context, dir string) error {
	t := &trace{}
	if err := startRecording(dir, t); err != nil {
		return err
	}
	j, err := sqlite.Open(filepath.Join(dir, database))
	if err != nil {
		return err
	}
	return errors.Join(j.Close(), writeEvents(os.Getenv(envEvents), t.events))
}
