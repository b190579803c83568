package sandbox

import (
	"net/http"
	"time"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// keyRules are the vendor's, from its page on idempotent requests. That the errors of an operation are kept like its
// other answers, that the 90 s begin when the key arrives and not when the answer is ready, and that both
// confirmations and the purchase of a co-pay honour keys is inferred.
func keyRules() fakeserver.KeyRules {
	return fakeserver.KeyRules{
		Header: "Idempotency-Key",
		Memory: 90 * time.Second,
		Waits:  true,
		Mark: func(header http.Header, _ string, replayed bool) {
			if replayed {
				header.Set("X-Idempotent-Replayed", "true")
			}
		},
	}
}
