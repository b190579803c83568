package safety

import (
	"net/http"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// The model returns an issued pass to a key, a booking to a cancellation.
var shapes = map[gen.OperationID]wire.Shape{
	gen.OpIssuePass:     shape("issued_pass", "client_id", "pass_id"),
	gen.OpCancelBooking: shape("booking", "client_id", "class_name"),
}

func shape(tag string, telling ...string) wire.Shape {
	return wire.Shape{Tags: wire.Tags{Own: []string{tag}}, Essential: [][]string{{"id"}}, Telling: telling}
}

// proves recognises an operation's responses, as the client does.
func proves(id gen.OperationID) func(int, http.Header, []byte) idem.Proof {
	own := shapes[id]
	kinds := map[wire.Proof]idem.ProofKind{
		wire.ProvesNothing:   idem.ProvesNothing,
		wire.ProvesField:     idem.ProvesField,
		wire.ProvesExecution: idem.ProvesExecution,
		wire.ProvesOther:     idem.ProvesOther,
	}
	return func(_ int, _ http.Header, body []byte) idem.Proof {
		kind, complete := own.Prove(body)
		return idem.Proof{Kind: kinds[kind], Complete: complete}
	}
}
