package safety

import (
	"strings"

	"github.com/bardge/bardge-go/internal/chaos"
)

// Cause is what kept a call of this SDK from knowing. The causes are told apart by the engine's fixed words and by what
// the world did meanwhile.
type Cause string

// The causes.
const (
	// StoredError: the server executed, answered 500 and repeats that for the key.
	StoredError Cause = "a 500, stored under the key"
	// FinalError: a 500 after which nothing more was asked, by policy.
	FinalError Cause = "a 500, final by policy"
	// Slept: the machine was suspended until the server had forgotten the key, or nearly so.
	Slept Cause = "suspended beyond the window"
	// LongWait: in doubt, the server asked for a wait that ends after it has forgotten the key.
	LongWait Cause = "Retry-After beyond the window"
	// NoAnswer: no attempt was answered up to the window's end.
	NoAnswer Cause = "no answer in the whole window"
)

// Causes lists the causes in the order of a table.
var Causes = []Cause{StoredError, FinalError, Slept, LongWait, NoAnswer}

// causeOf finds the cause of a call that ended in an error, from what the error says and from the operation's timeline.
func causeOf(err error, timeline string) Cause {
	said := err.Error()
	last := afterLast(timeline, "leaves (") // begins with the fault of the last request
	switch {
	case strings.Contains(said, "stored under this key"):
		return StoredError
	case strings.Contains(said, "final by policy"):
		return FinalError
	case strings.Contains(timeline, "suspended"):
		return Slept
	case strings.HasPrefix(last, string(chaos.Throttle)):
		return LongWait
	default:
		return NoAnswer
	}
}

// afterLast returns what follows the last sep in s; all of s if there is none.
func afterLast(s, sep string) string {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[i+len(sep):]
	}
	return s
}
