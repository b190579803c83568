//go:build !unix

package connections

import "time"

// cpuTime is not known here.
func cpuTime() time.Duration { return 0 }
