package sendonce

import (
	"sync/atomic"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// distrustTime is how long mutations get connections of their own after a
// response came that no request asked for (R30).
const distrustTime = 10 * time.Minute

// distrust is what a pool remembers of a host that sent a response too many.
type distrust struct {
	until atomic.Int64 // an instant of the monotonic clock
	news  atomic.Bool  // since the last event
}

// note begins the time anew.
func (d *distrust) note() {
	if d == nil {
		return
	}
	d.until.Store(int64(clock.Clock{}.Now().Mono + distrustTime))
	d.news.Store(true)
}

// holds reports whether the time has not passed yet.
func (d *distrust) holds(now clock.Timestamp) bool {
	if d == nil {
		return false
	}
	until := time.Duration(d.until.Load())
	return until != 0 && now.Mono < until
}

// takeNews reports, once, whether a response came that no request asked for.
func (d *distrust) takeNews() bool { return d != nil && d.news.Load() && d.news.Swap(false) }
