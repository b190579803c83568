package sdktest

import (
	"context"
	"errors"
	"time"

	"github.com/bardge/bardge-go/journal"
)

// BrokenJournal fails in each method, with an error that shows too much.
type BrokenJournal struct{ journal.Journal }

// ErrBroken is the error of a broken journal.
var ErrBroken = errors.New("postgres://user:s3cret@host")

func (BrokenJournal) Load(context.Context, string) (journal.Record, bool, error) {
	return journal.Record{}, false, ErrBroken
}

func (BrokenJournal) Save(context.Context, journal.Record) (bool, error) { return false, ErrBroken }

func (BrokenJournal) Bind(context.Context, []byte, []byte) ([]byte, error) { return nil, ErrBroken }

func (BrokenJournal) Adopt(context.Context, string, time.Duration, journal.Filter) ([]journal.Record, error) {
	return nil, ErrBroken
}

func (BrokenJournal) InScope(context.Context, string, time.Time, time.Time) ([]journal.Record, error) {
	return nil, ErrBroken
}

// ForgetfulJournal cannot record that something is done.
type ForgetfulJournal struct{ *journal.Memory }

// Save fails for what is done.
func (f ForgetfulJournal) Save(ctx context.Context, r journal.Record) (bool, error) {
	if r.Outcome == journal.OutcomeDone {
		return false, ErrBroken
	}
	return f.Memory.Save(ctx, r)
}
