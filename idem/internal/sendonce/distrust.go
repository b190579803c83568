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
	until atomic.Int64 // by the monotonic clock
	news  atomic.Bool  // since the last event
}

// note begins the time anew.
func (d *distrust) note() {
	d.until.Store(int64(clock.Clock{}.Now().Mono + distrustTime))
	d.news.Store(true)
}

// holds reports whether the time has not passed yet.
func (d *distrust) holds(now clock.Timestamp) bool {
	until := d.until.Load() // zero: it never began
	return until != 0 && int64(now.Mono) < until
}
