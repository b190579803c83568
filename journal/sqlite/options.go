package sqlite

import (
	"fmt"
	"log/slog"
	"math"
	"time"
)

const (
	defaultRetention = 30 * 24 * time.Hour
	// minRetention is the shortest known time for which a server remembers a
	// key. A journal that forgets earlier could let a ref run twice.
	minRetention = 90 * time.Second
)

// Forever is a retention that keeps every record.
const Forever = time.Duration(math.MaxInt64)

// Option is an option of a journal.
type Option func(*options) error

type options struct {
	retention time.Duration
	mustExist bool
	readOnly  bool
	logger    *slog.Logger
	onError   func(error)
}

// WithRetention sets how long a settled record, and so its ref, is kept after
// its last write. The default is 30 days. It must be at least as long as the
// server remembers a key; less than 90 s is refused. Records with a scope that
// were begun within an hour of an open one stay with it. Records are removed
// when the journal is opened and at least every hour; with Forever, none is.
func WithRetention(d time.Duration) Option {
	return func(o *options) error {
		if d < minRetention {
			return fmt.Errorf("a retention of %s is shorter than %s", d, minRetention)
		}
		o.retention = d
		return nil
	}
}

// MustExist makes [Open] fail if there is no journal at the path, instead of
// creating one. It is for programs that have been started before: with a new
// journal, as when a volume is not mounted, operations could run twice. The
// error wraps fs.ErrNotExist if the file is missing.
func MustExist() Option {
	return func(o *options) error {
		o.mustExist = true
		return nil
	}
}

// WithLogger sets where failures to remove old records are logged, at level
// error. The default, and nil, is slog.Default().
func WithLogger(l *slog.Logger) Option {
	return func(o *options) error {
		o.logger = l
		return nil
	}
}

// WithErrorHandler sets a function that receives each error that WithLogger
// reports, from a goroutine of the journal. The default, and nil, is none.
func WithErrorHandler(handle func(error)) Option {
	return func(o *options) error {
		o.onError = handle
		return nil
	}
}

func newOptions(opts []Option) (options, error) {
	o := options{retention: defaultRetention}
	for _, opt := range opts {
		if err := opt(&o); err != nil {
			return o, fmt.Errorf("sqlite journal: %w", err)
		}
	}
	return o, nil
}

func (o *options) report(what string, err error) {
	l := o.logger
	if l == nil {
		l = slog.Default()
	}
	l.Error("sqlite journal: "+what, "error", err)
	if o.onError != nil {
		o.onError(err)
	}
}

// Keeps returns the retention; zero for a journal that was opened for reading,
// since other processes remove its records.
func (j *Journal) Keeps() time.Duration { return j.keeps }
