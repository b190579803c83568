package doctor

import (
	"net/http"
	"time"
)

// Clock bounds how far the server's clock is ahead of this machine's. The zero
// value is ready.
type Clock struct {
	samples   int
	low, high time.Duration
	disagree  bool
}

// Skew is how far the server's clock is ahead: between Low and High. Negative is
// behind.
type Skew struct {
	Samples   int
	Low, High time.Duration
	// Disagree: no single skew explains all responses, so that the servers'
	// clocks differ, or responses are older than they seem. Low and High are
	// the extremes.
	Disagree bool
}

// Add takes the Date of a response to an attempt. A Date is cut to whole
// seconds: the moment that it names lies within the second from there on, and
// within the attempt.
func (c *Clock) Add(h http.Header, start time.Time, took time.Duration) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	low, high := date.Sub(start.Add(took)), date.Add(time.Second).Sub(start)
	c.samples++
	switch {
	case c.samples == 1:
		c.low, c.high = low, high
	case c.disagree, low > c.high, high < c.low:
		c.low, c.high, c.disagree = min(c.low, low), max(c.high, high), true
	default:
		c.low, c.high = max(c.low, low), min(c.high, high)
	}
}

// Skew returns what the samples have shown.
func (c *Clock) Skew() Skew {
	return Skew{Samples: c.samples, Low: c.low, High: c.high, Disagree: c.disagree}
}

// Least is the least distance between the clocks that the samples leave
// possible.
func (s Skew) Least() time.Duration {
	switch {
	case s.Low > 0:
		return s.Low
	case s.High < 0:
		return -s.High
	default:
		return 0
	}
}
