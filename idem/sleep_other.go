//go:build !linux

package idem

import "time"

// systemSlept cannot tell: no step is then told from a sleep.
func systemSlept() (time.Duration, bool) { return 0, false }
