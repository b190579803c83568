package idem

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// retryAfter returns the wait that the server requests. Servers and gateways
// write Retry-After in more forms than RFC 9110 has, so it is read leniently
// (R34): seconds of any size, with a fraction (rounded up), with the unit "s";
// dates in any HTTP form, also with UTC or +0000 as their zone; of several
// values, the largest. A date is compared with the response's own Date, since
// the two clocks may differ; now replaces a missing one. Values that are past,
// negative or unreadable are none.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if date, ok := httpDate(h.Get("Date")); ok {
		now = date
	}
	longest := time.Duration(0)
	for _, v := range h["Retry-After"] {
		longest = max(longest, longestWait(v, now))
	}
	return longest
}

// longestWait reads one field line: a date, which holds a comma itself, or a
// list.
func longestWait(v string, now time.Time) time.Duration {
	if at, ok := httpDate(v); ok {
		return at.Sub(now)
	}
	longest := time.Duration(0)
	for part := range strings.SplitSeq(v, ",") {
		if d, ok := seconds(part); ok {
			longest = max(longest, d)
		}
	}
	return longest
}

// dateForms are RFC 9110's, in which the zone is GMT, and what other
// servers make of the first.
var dateForms = [...]string{
	http.TimeFormat, time.RFC850, time.ANSIC,
	"Mon, 02 Jan 2006 15:04:05 UTC", time.RFC1123Z, time.RFC3339,
}

func httpDate(v string) (time.Time, bool) {
	v = strings.TrimSpace(v)
	for _, form := range dateForms {
		if at, err := time.Parse(form, v); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

const maxDigits = 64

// seconds reads a number of seconds. What is too large is the longest wait
// there is, which no window allows.
func seconds(v string) (time.Duration, bool) {
	v = strings.TrimSpace(v)
	v = strings.TrimRight(strings.TrimSuffix(v, "s"), " ")
	if v == "" || len(v) > maxDigits || strings.Trim(v, "0123456789.") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(v, 64)
	switch {
	case err != nil:
		return 0, false
	case n > float64(math.MaxInt64/time.Second):
		return math.MaxInt64, true
	default:
		return time.Duration(math.Ceil(n)) * time.Second, true
	}
}
