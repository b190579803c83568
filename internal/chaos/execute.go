package chaos

import (
	"net/http"
	"time"
)

// execute does what the operation asks for, or refuses it for good. It has no answer where it was rolled back.
func (v *visit) execute(key string) (answer, bool) {
	time.Sleep(v.waits(SlowBefore))
	if refusal, ok := v.world.plan.refused(v.op); ok {
		return v.refuse(refusal), true
	}
	if !v.stays() {
		return answer{}, false
	}
	v.world.Ledger.execute(v, key)
	time.Sleep(v.waits(SlowAfter))
	if v.failsAfter() {
		return v.fail(), true
	}
	return v.success(http.StatusCreated, v.result()), true
}

// stays works for as long as a server takes that rolls back when its client leaves, and reports whether the client has
// stayed.
func (v *visit) stays() bool {
	if sleep(v.r.Context(), v.waits(RollsBack)) != nil {
		v.note("rolled back: the client has left")
		return false
	}
	return true
}

// waits is how long the request takes at a place.
func (v *visit) waits(at Kind) time.Duration {
	if v.from.fault.Kind != at {
		return 0
	}
	return v.from.fault.Wait
}

// failsAfter reports whether the server fails although it has executed.
func (v *visit) failsAfter() bool { return v.from.fault.Kind == ServerError && v.from.fault.After }
