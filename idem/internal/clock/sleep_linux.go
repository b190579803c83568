package clock

import (
	"syscall"
	"time"
	"unsafe"
)

// The clocks of clock_gettime(2): the first stops while the machine sleeps, the
// second does not, and neither can be set.
const (
	clockMonotonic = 1
	clockBoottime  = 7
)

// systemSlept returns how long the machine has slept since it was booted. In a
// time namespace a constant is added.
func systemSlept() (time.Duration, bool) {
	var slept time.Duration
	best := time.Duration(-1)
	for range 8 {
		before, ok1 := systemClock(clockMonotonic)
		boot, ok2 := systemClock(clockBoottime)
		after, ok3 := systemClock(clockMonotonic)
		if !ok1 || !ok2 || !ok3 {
			return 0, false
		}
		// The process may be preempted between two readings, which is not a
		// sleep.
		if held := after - before; best < 0 || held < best {
			slept, best = boot-after, held
		}
		if best < time.Millisecond {
			break
		}
	}
	return slept, true
}

func systemClock(id uintptr) (time.Duration, bool) {
	var ts syscall.Timespec
	_, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, id,
		uintptr(unsafe.Pointer(&ts)), 0) //nolint:gosec // the kernel fills it during the call
	return time.Duration(ts.Nano()), errno == 0
}
