package idem

import (
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// backoff is the wait before attempt n+1, n counting from 1: exponential from
// base up to limit, half of it fixed and half random (R15).
func backoff(base, limit time.Duration, n int) time.Duration {
	d := limit
	if shift := n - 1; shift < 32 && base<<shift < limit && base<<shift > 0 {
		d = base << shift
	}
	return d/2 + rand.N(d/2+1)
}

// retryAfter reads how long the server asks to wait. Seconds may be any number
// and never overflow. A date is held against the answer's own Date, since the
// two clocks may differ; now stands in where there is none. Values that are
// past, negative or unreadable ask for nothing.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(first(h, "Retry-After"))
	if v == "" {
		return 0
	}
	if d, ok := seconds(v); ok {
		return d
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(first(h, "Date")); err == nil {
		now = date
	}
	return max(at.Sub(now), 0)
}

// seconds reads a number of digits; what is too large is the longest wait there
// is, which no window allows.
func seconds(v string) (time.Duration, bool) {
	if strings.Trim(v, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n > int64(math.MaxInt64/time.Second) {
		return math.MaxInt64, true
	}
	return time.Duration(n) * time.Second, true
}
