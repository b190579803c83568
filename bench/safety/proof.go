package safety

import (
	"net/http"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/wire"
)

// proves is how the engine recognises the responses of an operation, as the client has it: by the contract's shape.
func proves(id gen.OperationID) func(int, http.Header, []byte) idem.Proof {
	shape := id.Shape()
	kinds := map[wire.Proof]idem.ProofKind{
		wire.ProvesNothing:   idem.ProvesNothing,
		wire.ProvesField:     idem.ProvesField,
		wire.ProvesExecution: idem.ProvesExecution,
		wire.ProvesOther:     idem.ProvesOther,
	}
	return func(_ int, _ http.Header, body []byte) idem.Proof {
		kind, complete := shape.Prove(body)
		return idem.Proof{Kind: kinds[kind], Complete: complete}
	}
}
