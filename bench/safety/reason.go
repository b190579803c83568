package safety

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/chaos"
)

// Reason is why a call of this SDK ended unknown, found from what the engine
// returns, not from its error's text, and from what happened meanwhile.
type Reason string

// The reasons.
const (
	// StoredError: the server executed, answered 500 and repeats that.
	StoredError Reason = "a 500, stored under the key"
	// FinalError: a 500 that is final by policy.
	FinalError Reason = "a 500, final by policy"
	// Slept: the machine was suspended until the key was, nearly, forgotten.
	Slept Reason = "suspended beyond the window"
	// LongWait: in doubt, the server requested a wait beyond the key's window.
	LongWait Reason = "Retry-After beyond the window"
	// NoContent: no attempt got a response before the window's end.
	NoContent Reason = "no answer in the whole window"
)

// Reasons lists the reasons in the order of a table.
var Reasons = []Reason{StoredError, FinalError, Slept, LongWait, NoContent}

// longWait exceeds what may be left of a key's window.
const longWait = 85 * time.Second

// reasonOf uses the engine's result and the operation's timeline.
func reasonOf(err error, timeline string) Reason {
	var e ending
	_ = errors.As(err, &e) // a call that the engine did not make has attempts in its timeline alone
	switch {
	case slices.ContainsFunc(e.result.Attempts, stored):
		return StoredError
	case e.finalPolicy && e.lastStatus() == http.StatusInternalServerError:
		return FinalError
	case strings.Contains(timeline, "suspended"):
		return Slept
	case e.result.RetryAfter >= longWait, throttled(timeline):
		return LongWait
	default:
		return NoContent
	}
}

// stored reports whether an attempt got the server error stored under the key.
func stored(a idem.Attempt) bool {
	return a.Verdict == idem.VerdictAmbiguous && a.Replayed && a.Status >= http.StatusInternalServerError
}

// throttled reports whether the last request's response was a Retry-After.
func throttled(timeline string) bool {
	const leaves = "leaves (" // the fault of the request follows
	i := strings.LastIndex(timeline, leaves)
	return i >= 0 && strings.HasPrefix(timeline[i+len(leaves):], string(chaos.Throttle))
}
