package conformance

import (
	"time"

	"github.com/bardge/bardge-go/idem"
)

// outcome is what a repetition, or another request under a used key, came to.
type outcome int

const (
	same       outcome = iota // the first request's result, nothing was executed
	again                     // another result, or an execution
	refused                   // a refusal with a status from 400 to 499
	inProgress                // a refusal for now: the first request is still executing
	failed                    // a 5xx, another status, or no response
)

// outcomeOf compares a response with the one of the first request under its key.
func (t *trial) outcomeOf(first, a response) outcome {
	switch {
	case a.ran > 0:
		return again
	case a.err == nil && a.signal == idem.SignalInProgress:
		return inProgress
	case a.err == nil && a.signal == idem.SignalAlreadyExecuted:
		return same
	case a.succeeded() && a.id == first.id:
		return same
	case a.succeeded():
		return again
	case a.refused():
		return refused
	default:
		return failed
	}
}

// While a request executes, its repetition may be refused for now. It is then
// sent at most so often, with such a pause.
const (
	repetitions = 50
	repeatAfter = 200 * time.Millisecond
)

// settled sends a request until it is not refused for now.
func (t *trial) settled(requests Requests, n int, key string) response {
	ran := 0
	for attempt := 1; ; attempt++ {
		a := t.send(requests, n, key)
		if a.ran != unknown {
			ran += a.ran
			a.ran = ran
		}
		if t.outcomeOf(a, a) != inProgress || attempt == repetitions {
			return a
		}
		t.pause(repeatAfter)
	}
}
