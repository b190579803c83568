package main

import (
	"context"
	"database/sql"
	"errors"
	"time"

	_ "modernc.org/sqlite" // the journal's driver; another one would break SQLite's locks

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal/sqlite"
)

// shop sells passes. Its orders are in the journal's file.
type shop struct {
	db      *sql.DB
	journal *sqlite.Journal
	client  *bardge.Client
	passID  string
}

// delivery is how many orders are delivered by one run.
const delivery = 100

func openShop(ctx context.Context, path, passID, apiKey string, opts ...bardge.Option) (_ *shop, err error) {
	s := &shop{passID: passID}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.journal, err = sqlite.Open(path); err != nil {
		return nil, err
	}
	if s.client, err = bardge.New(apiKey, append(opts, bardge.WithJournal(s.journal, "acme"))...); err != nil {
		return nil, err
	}
	if err := s.recover(ctx); err != nil {
		return nil, err
	}
	if s.db, err = sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=busy_timeout(5000)"); err != nil {
		return nil, err
	}
	_, err = s.db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS orders (
		number TEXT PRIMARY KEY, member TEXT NOT NULL, pass TEXT, problem TEXT) STRICT`)
	return s, err
}

// recover takes up what a crash left open long ago.
func (s *shop) recover(ctx context.Context) error {
	for _, err := range s.client.Recover(ctx, bardge.RecoveryOptions{OlderThan: time.Hour}) {
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *shop) close() {
	if s.db != nil {
		_ = s.db.Close()
	}
	if s.journal != nil {
		_ = s.journal.Close()
	}
}

// order is a member's, of one pass.
type order struct{ number, member string }

// place commits an order together with the intent to buy its pass, or neither.
// Nothing is sent.
func (s *shop) place(ctx context.Context, o order) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // without effect after the commit
	_, err = tx.ExecContext(ctx, `INSERT INTO orders (number, member) VALUES (?, ?)`, o.number, o.member)
	if err != nil {
		return err
	}
	err = bardge.Reserve(s.journal.Reserver(tx), func(reserve bardge.CallOption) error {
		_, err := s.issue(ctx, o, reserve)
		return err
	})
	if err != nil {
		return err
	}
	return tx.Commit()
}

// issue is the one call of an order: reserved, sent, or answered from the
// journal.
func (s *shop) issue(ctx context.Context, o order, opts ...bardge.CallOption) (*bardge.IssuedPass, error) {
	pass, _, err := s.client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
		ClientID: o.member, PassID: s.passID,
	}, append(opts, bardge.WithRef("order-"+o.number+"/pass"))...)
	return pass, err
}

// deliver buys the passes of open orders, and returns how many it has bought.
// It selects by state, never by "number > last": orders are not committed in
// the order of their numbers. A crash after the purchase is safe: the next run
// gets the pass from the journal.
func (s *shop) deliver(ctx context.Context) (delivered int, err error) {
	open, err := s.open(ctx)
	if err != nil {
		return 0, err
	}
	var late error
	for _, o := range open {
		pass, failed := s.issue(ctx, o)
		switch {
		case failed == nil:
			delivered++
			err = s.note(ctx, o, pass.ID, "")
		case bardge.RetryHelps(failed), bardge.OutcomeOf(failed) == bardge.OutcomeNotSent:
			late = errors.Join(late, failed) // stays open: the next run tries again
		default: // a person has to solve it
			err = s.note(ctx, o, "", failed.Error())
		}
		if err != nil {
			return delivered, err
		}
	}
	return delivered, late
}

// note writes what became of an order.
func (s *shop) note(ctx context.Context, o order, pass, problem string) error {
	_, err := s.db.ExecContext(ctx,
		`UPDATE orders SET pass = nullif(?, ''), problem = nullif(?, '') WHERE number = ?`, pass, problem, o.number)
	return err
}

// open lists orders without a pass.
func (s *shop) open(ctx context.Context) (open []order, err error) {
	rows, err := s.db.QueryContext(ctx,
		`SELECT number, member FROM orders WHERE pass IS NULL AND problem IS NULL ORDER BY number LIMIT ?`, delivery)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var o order
		if err := rows.Scan(&o.number, &o.member); err != nil {
			return nil, err
		}
		open = append(open, o)
	}
	return open, rows.Err()
}
