package postgres

import (
	"errors"
	"fmt"
	"time"
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

// Option changes how a journal is kept. Open refuses bad ones.
type Option func(*settings) error

type settings struct {
	schema    string
	retention time.Duration
	onSweep   func(SweepResult)
}

func newSettings(opts []Option) (settings, error) {
	s := settings{schema: defaultSchema, retention: defaultRetention}
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
