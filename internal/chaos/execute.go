package chaos

import (
	"cmp"
	"net/http"
	"time"
)

// execute performs the operation, or rejects it for good. It returns no
// response where it was rolled back.
func (x *exchange) execute(key string) (response, bool) {
	time.Sleep(x.waitAt(SlowBefore))
	if refusal, ok := x.sim.plan.refused(x.op); ok {
		return x.refuse(refusal), true
	}
	if !x.clientStays() {
		return response{}, false
	}
	if x.failsAfter() && x.sim.rules.FailureUndoes {
		x.note("executed and undone, and answered with a 500")
		return x.errorResponse(serverFault), true
	}
	x.done = true
	x.sim.Ledger.execute(x, key)
	time.Sleep(x.waitAt(SlowAfter))
	if x.failsAfter() {
		return x.fail(), true
	}
	return x.success(x.sim.rules.succeeds(), x.result()), true
}

func (r Rules) succeeds() int { return cmp.Or(r.SuccessStatus, http.StatusCreated) }

func (x *exchange) clientStays() bool {
	if sleep(x.r.Context(), x.waitAt(RollsBack)) != nil {
		x.note("rolled back: the client has left")
		return false
	}
	return true
}

func (x *exchange) waitAt(at Kind) time.Duration {
	if x.from.fault.Kind != at {
		return 0
	}
	return x.from.fault.Wait
}

func (x *exchange) failsAfter() bool { return x.from.fault.Kind == ServerError && x.from.fault.After }
