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

	// minRetention is the shortest time for which a server is known to remember
	// a key. A journal that forgets earlier could let a ref run twice.
	minRetention = 90 * time.Second
	// maxName is how long a name may be in PostgreSQL, in bytes; it cuts longer
	// ones silently.
	maxName = 63
)

// Option changes how a journal is kept. Open and New refuse bad ones.
type Option func(*settings) error

type settings struct {
	schema         string
	retention      time.Duration
	logger         *slog.Logger
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

// WithSchema names the schema that the journal lives in; the default is
// bardge_journal. It is taken as it is, with regard to case, and must have 1 to
// 63 bytes. Journals in different schemas know nothing of each other.
func WithSchema(name string) Option {
	return func(s *settings) error {
		if name == "" || len(name) > maxName {
			return errors.New("postgres journal: a schema's name has 1 to 63 bytes")
		}
		s.schema = name
		return nil
	}
}

// WithRetention sets how long a settled operation is remembered after it was
// last written, and with it how long a ref is done only once. The default is 30
// days. It must be at least as long as the server remembers a key, and less than 90
// seconds is refused. With Forever nothing is removed. Unknown operations are always kept, and with them
// those with a scope that were begun within an hour of one that has a scope too.
func WithRetention(d time.Duration) Option {
	return func(s *settings) error {
		if d < minRetention {
			return fmt.Errorf("postgres journal: a retention of %v is shorter than %v", d, minRetention)
		}
		s.retention = d
		return nil
	}
}

// WithLogger sets the logger for what no call returns: a standby that is not
// synchronous, and records that cannot be removed. The default is slog.Default. A nil
// logger is refused.
func WithLogger(l *slog.Logger) Option {
	return func(s *settings) error {
		if l == nil {
			return errors.New("postgres journal: the logger is nil")
		}
		s.logger = l
		return nil
	}
}

// RequireSynchronous refuses a server that acknowledges commits before a synchronous
// standby has them: Open and New fail with ErrNotSynchronous, and so do, having written
// nothing, writes after synchronous_standby_names or synchronous_commit was changed.
// Use it where a failover is automatic. A server whose synchronous standbys are all
// away acknowledges nothing, so that writes end in doubt at their time limit.
func RequireSynchronous() Option {
	return func(s *settings) error {
		s.synchronous = true
		return nil
	}
}

// AllowLowerTimeline accepts a server on a lower timeline than the journal has seen
// of the same cluster. Without it such a server is refused with ErrLowerTimeline, since
// it is a primary that was replaced by a standby and is still running. It is for going
// back to the old primary on purpose, which gives up what the new one has committed; a
// restart of the program does the same.
func AllowLowerTimeline() Option {
	return func(s *settings) error {
		s.lowerTimelines = true
		return nil
	}
}

// WithSharedSessions says whether a pooler between the program and the server lets
// other programs use a session between two statements, as PgBouncer does in
// transaction and statement mode. The journal then prepares no statements, changes no
// settings of sessions, and does not listen, so that callers who wait for another
// process poll.
//
// Without this option Open finds out whether anything between the program and the
// server has sessions of its own, and takes those for shared. False is for a pooler in
// session mode; one that is found to share sessions is then refused. True is for a
// pooler that cannot be noticed.
func WithSharedSessions(shared bool) Option {
	return func(s *settings) error {
		s.shared = &shared
		return nil
	}
}

// WithConfig changes the configuration of the journal's pool before it is made, for
// what a DSN cannot hold: BeforeConnect can set a password that changes, such as an IAM
// token, and ConnConfig.DialFunc the way to the server. The journal adds its own checks
// to AfterConnect, ValidateConnect and OnNotice. New refuses this option: it has the
// caller's pool. A nil function is refused.
func WithConfig(change func(*pgxpool.Config)) Option {
	return func(s *settings) error {
		if change == nil {
			return errors.New("postgres journal: the function that changes the configuration is nil")
		}
		s.configure = append(s.configure, change)
		return nil
	}
}
