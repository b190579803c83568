package sandbox

import (
	"net/http"
	"time"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// keyRules are the rules of the vendor's page on idempotent requests. Inferred:
// an operation's errors are stored like its other responses; the 90 s begin
// when the key arrives; both confirmations and the purchase of a co-pay honour
// keys.
func keyRules() fakeserver.KeyRules {
	return fakeserver.KeyRules{
		Header: "Idempotency-Key",
		Memory: 90 * time.Second,
		Waits:  true,
		Mark: func(header http.Header, _ string, replayed bool) {
			if replayed {
				header.Set(replayHeader, "true")
			}
		},
	}
}
