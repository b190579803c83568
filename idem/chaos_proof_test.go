package idem_test

import (
	"encoding/json"
	"net/http"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/chaos"
)

// prove is the proof of the model's operations: the tag that the API gives its
// objects, and the id. A cancellation and a read answer with a booking.
func prove(class chaos.Class) func(int, http.Header, []byte) idem.Proof {
	tag := "issued_pass"
	if class == chaos.Idempotent || class == chaos.Safe {
		tag = "booking"
	}
	return func(_ int, _ http.Header, body []byte) idem.Proof {
		var said struct {
			Object string          `json:"object"`
			ID     string          `json:"id"`
			Error  json.RawMessage `json:"error"`
		}
		switch err := json.Unmarshal(body, &said); {
		case err != nil && !json.Valid(body):
			return idem.Proof{}
		case err != nil, said.Error != nil, said.Object != "" && said.Object != tag:
			return idem.Proof{Kind: idem.ProvesOther}
		case said.Object == "":
			return idem.Proof{}
		default:
			return idem.Proof{Kind: idem.ProvesExecution, Complete: said.ID != ""}
		}
	}
}
