package chaos

import (
	"hash/fnv"
	"net/http"
	"time"
)

// BlueSnapRules returns the rules of BlueSnap's Payment API for a server that
// remembers keys for the given time: the vendor promises "up to 24 hours",
// which any time up to that fulfils (documented: "Idempotency"). Another
// request is a 422, one that comes while the first runs a 409, the key comes
// back with each response, and nothing marks a replay. That responses with an
// error status are stored like any other is inferred.
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
	rules.Result = blueSnapTransaction
	return rules
}

// blueSnapTransaction is a payment as the vendor shows it: nothing tags it, its
// fields alone show what it is.
func blueSnapTransaction(op string) []byte {
	return mustJSON(map[string]any{
		"cardTransactionType": "AUTH_CAPTURE", "transactionId": number(op), "softDescriptor": op,
		"amount": 11.00, "currency": "USD", "processingInfo": map[string]string{"processingStatus": "success"},
	})
}

func number(op string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(op))
	return h.Sum32()
}
