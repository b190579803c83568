package bluesnap

import (
	"net/http"

	"github.com/bardge/bardge-go/idem"
)

// row turns a row of the table into the engine's, for a base URL. Both statuses mean
// executed: whether a replay repeats the first one is not documented.
func (o operation) row(base string) idem.Operation {
	row := idem.Operation{
		Name:    o.name,
		Class:   o.class,
		Success: []int{http.StatusOK, http.StatusCreated},
		Prove:   o.prove(base),
	}
	if o.xml {
		row.BodyFormat = idem.BodyXML
	}
	if o.header {
		row.ResultHeader = "Location"
	}
	if o.already != nil {
		row.Classify = o.classify
	}
	return row
}

// classify reads the vendor's messages, among them the one which says that the
// state asked for holds. Of another operation the same words say the opposite:
// what is captured is not reversed.
func (o operation) classify(status int, body []byte) idem.Signal {
	if status >= http.StatusMultipleChoices && has(parseMessages(body), o.already...) {
		return idem.SignalAlreadyApplied
	}
	return classify(status, body)
}
