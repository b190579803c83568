package bulk

import (
	"errors"
	"time"
)

// Options describe a run. Ref and Journal are required; the zero value of each
// other field is its default.
type Options[T any] struct {
	// Ref returns the ref of an item, with which the function calls the API
	// (bardge.WithRef). It must be the same in each run, so it must not be made
	// of the item's position.
	Ref func(T) string
	// Journal is the client's journal.
	Journal *Journal
	// Workers is how many items are worked on at the same time. Zero is 64.
	Workers int
	// MaxInDoubt stops the run once more items than this are in doubt. Zero is
	// 1,000; negative is no limit.
	MaxInDoubt int
	// MaxFailed stops the run once more items than this have failed. Zero is no
	// limit.
	MaxFailed int
	// OutagePause is how long the run pauses in an outage before it tries one
	// item. Zero is 30 s.
	OutagePause time.Duration
	// Grace is how long the calls under way may go on after the run was
	// cancelled or stopped, so that they end with an outcome. Then their contexts
	// end. Zero is 30 s; negative ends them at once.
	Grace time.Duration
	// Total is how many items there are, for the ETA of [Progress]. Zero: not
	// known.
	Total int64
	// Progress is called with the state of the run once a second, when it pauses
	// or goes on, and at its end; never concurrently, nor with Each. It must be
	// quick.
	Progress func(Progress)
	// Each is called once for each item, when its outcome is final; never
	// concurrently. It must be quick.
	Each func(Result[T])
	// ReportDir is a directory for the report, made if necessary: summary.json
	// and a CSV file for each status; earlier reports are overwritten. Empty:
	// none is written.
	ReportDir string
	// Header and Row add columns to the report's CSV files, such as the source's.
	// Row returns as many cells as Header has.
	Header []string
	Row    func(T) []string
}

const (
	defaultWorkers     = 64
	defaultMaxInDoubt  = 1000
	defaultOutagePause = 30 * time.Second
	defaultGrace       = 30 * time.Second
)

func (o *Options[T]) setDefaults() error {
	switch {
	case o.Ref == nil:
		return errors.New("bulk: Options.Ref is nil")
	case o.Journal == nil:
		return errors.New("bulk: Options.Journal is nil")
	case o.Workers < 0 || o.MaxFailed < 0 || o.OutagePause < 0 || o.Total < 0:
		return errors.New("bulk: Workers, MaxFailed, OutagePause and Total must not be negative")
	case (o.Header == nil) != (o.Row == nil):
		return errors.New("bulk: Header and Row belong together")
	}
	setDefault(&o.Workers, defaultWorkers)
	setDefault(&o.MaxInDoubt, defaultMaxInDoubt)
	setDefault(&o.OutagePause, defaultOutagePause)
	setDefault(&o.Grace, defaultGrace)
	return nil
}

func setDefault[V comparable](field *V, value V) {
	var zero V
	if *field == zero {
		*field = value
	}
}
