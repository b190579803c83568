package bardge

import (
	"encoding/json"
	"net/http"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// rawProof finds what the success of a raw operation proves. One that only
// reads takes any JSON value with the API's request id.
func rawProof(reads bool, essential []string) func(int, http.Header, []byte) idem.Proof {
	return func(_ int, _ http.Header, body []byte) idem.Proof {
		kind, complete := wire.ProveRaw(body, essential)
		if reads && kind == wire.ProvesNothing && len(essential) == 0 && complete {
			kind = wire.ProvesField
		}
		return idem.Proof{Kind: proofKinds[kind], Complete: complete}
	}
}

// rawParser returns a body as it is.
func rawParser(essential []string) parser[json.RawMessage] {
	return func(body []byte, _ *wire.Seen) (*json.RawMessage, []wire.Drift, error) {
		value, err := wire.ReadRaw(body, essential)
		return &value, nil, err
	}
}
