package sqlite

import (
	"fmt"
	"time"
)

const (
	defaultRetention = 30 * 24 * time.Hour
	// minRetention is the shortest time for which a server is known to remember
	// a key. A journal that forgets earlier could let a ref run twice.
	minRetention = 90 * time.Second
)

// Option changes how a journal is kept.
type Option func(*options) error

type options struct {
	retention time.Duration
}

// WithRetention sets how long a settled record is kept after its last write. The
// default is 30 days. It must be at least as long as the server remembers a key,
// and less than 90 s is refused. A ref is done once for as long as it is kept.
// Records with a scope that were begun within an hour of an open one stay with it.
func WithRetention(d time.Duration) Option {
	return func(o *options) error {
		if d < minRetention {
			return fmt.Errorf("sqlite journal: a retention of %s is shorter than %s", d, minRetention)
		}
		o.retention = d
		return nil
	}
}

func newOptions(opts []Option) (options, error) {
	o := options{retention: defaultRetention}
	for _, opt := range opts {
		if err := opt(&o); err != nil {
			return o, err
		}
	}
	return o, nil
}
