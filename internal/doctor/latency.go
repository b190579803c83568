package doctor

import (
	"slices"
	"time"
)

// Latency returns the least, the middle and the greatest of some times, which it
// sorts. All are zero if there are none.
func Latency(times []time.Duration) (least, middle, greatest time.Duration) {
	if len(times) == 0 {
		return 0, 0, 0
	}
	slices.Sort(times)
	n := len(times)
	middle = (times[(n-1)/2] + times[n/2]) / 2
	return times[0], middle, times[n-1]
}
