package postgres

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	defaultSchema    = "bardge_journal"
	defaultRetention = 30 * 24 * time.Hour

	// minRetention is the shortest known time for which a server remembers a
	// key. A journal that forgets earlier could let a ref run twice.
	minRetention = 90 * time.Second
	// maxName is PostgreSQL's limit, in bytes; it silently cuts longer names.
	maxName = 63
)

// Option is an option of a journal. Open and New refuse invalid ones.
type Option func(*settings) error

type settings struct {
	schema         string
	retention      time.Duration
	logger         *slog.Logger
	readOnly       bool
	synchronous    bool
	lowerTimelines bool
	shared         *bool
	configure      []func(*pgxpool.Config)
	onSweep        func(SweepResult)
}

func newSettings(opts []Option) (settings, error) {
	s := settings{schema: defaultSchema, retention: defaultRetention, logger: slog.Default()}
	for _, opt := range opts {
		if err := opt(&s); err != nil {
			return s, err
		}
	}
	return s, nil
}

// WithSchema names the journal's schema; the default is bardge_journal. The
// name is case-sensitive and has 1 to 63 bytes.
func WithSchema(name string) Option {
	return func(s *settings) error {
		if name == "" || len(name) > maxName {
			return errors.New("postgres journal: a schema's name has 1 to 63 bytes")
		}
		s.schema = name
		return nil
	}
}

// WithRetention sets how long a settled operation is kept after its last write,
// and so how long a ref is executed only once. The default is 30 days. It must
// be at least as long as the server remembers a key; less than 90 seconds is
// refused. With Forever nothing is removed. Unknown operations are always kept,
// as are those with a scope within an hour of one with a scope.
func WithRetention(d time.Duration) Option {
	return func(s *settings) error {
		if d < minRetention {
			return fmt.Errorf("postgres journal: a retention of %v is shorter than %v", d, minRetention)
		}
		s.retention = d
		return nil
	}
}

// WithLogger sets the logger for a standby that is not synchronous, and records
// that cannot be removed. The default is slog.Default. A nil logger is refused.
func WithLogger(l *slog.Logger) Option {
	return func(s *settings) error {
		if l == nil {
			return errors.New("postgres journal: the logger is nil")
		}
		s.logger = l
		return nil
	}
}

// RequireSynchronous refuses a server that acknowledges commits before a
// synchronous standby has them: Open, New and writes, which then write nothing,
// fail with ErrNotSynchronous. Use it with automatic failover. While all
// synchronous standbys are away, writes end in doubt at their time limit.
func RequireSynchronous() Option {
	return func(s *settings) error {
		s.synchronous = true
		return nil
	}
}

// AllowLowerTimeline accepts a server on a lower timeline than the journal has
// seen of the same cluster, by default an ErrLowerTimeline: it is a primary
// that was replaced by a standby and still runs. It is for returning to the old
// primary, without the new one's commits; a restart does the same.
func AllowLowerTimeline() Option {
	return func(s *settings) error {
		s.lowerTimelines = true
		return nil
	}
}

// WithSharedSessions sets whether a pooler between the program and the server
// lets other programs use a session between two statements, as PgBouncer does
// in transaction and statement mode. The journal then prepares no statements,
// changes no settings, and callers who wait for another process poll.
//
// By default Open detects a proxy with its own sessions, and treats them as
// shared. False is for a pooler in session mode; one that is found to share
// sessions is refused. True is for a pooler that cannot be detected.
func WithSharedSessions(shared bool) Option {
	return func(s *settings) error {
		s.shared = &shared
		return nil
	}
}

// WithConfig changes the configuration of the journal's pool before it is made,
// beyond a DSN: BeforeConnect can set a password that changes, such as an IAM
// token, and ConnConfig.DialFunc the way to the server. The journal adds its
// own checks to AfterConnect, ValidateConnect and OnNotice. New refuses the
// option; a nil function is refused.
func WithConfig(change func(*pgxpool.Config)) Option {
	return func(s *settings) error {
		if change == nil {
			return errors.New("postgres journal: the function that changes the configuration is nil")
		}
		s.configure = append(s.configure, change)
		return nil
	}
}
