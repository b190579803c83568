package chaos

import (
	"net/http"
	"time"
)

// BlueSnapRules returns the rules of BlueSnap's Payment API for a server that remembers keys for the given time: the
// vendor says "up to 24 hours", so that any time up to that keeps its word (documented: "Idempotency"). Another request
// is a 422, one that comes while the first runs a 409, the key comes back with each answer, and nothing marks a replay.
// That answers with an error status are stored like any other is inferred.
func BlueSnapRules(remembers time.Duration) Rules {
	rules := SecondRules()
	rules.TTL = remembers
	rules.InProgress = Refusal{
		http.StatusConflict, "60102", "REQUEST_WITH_SAME_IDEMPOTENCY_KEY_ALREADY_IN_PROGRESS", "The first request is still running",
	}
	rules.Mismatch = Refusal{
		http.StatusUnprocessableEntity, "60101", "SAME_IDEMPOTENCY_KEY_WAS_ALREADY_IN_USE_WITH_PREVIOUS_DIFFERENT_REQUEST",
		"The key was used with another request",
	}
	return rules
}
