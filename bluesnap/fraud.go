package bluesnap

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"slices"

	"github.com/bardge/bardge-go/idem"
)

// heldForReview reports whether fraud rules hold a payment for review, and none
// has declined it. It may then still be approved, although the response is an
// error (documented: "Fraud Errors" and "fraudEvents", "either decline or
// review").
func heldForReview(body []byte) bool {
	decisions := fraudDecisions(body)
	return len(decisions) > 0 && !slices.Contains(decisions, "D")
}

// fraudDecisions returns what the triggered rules decided, in JSON or XML; "D" is
// a decline (documented: example of "Fraud Errors").
func fraudDecisions(body []byte) []string {
	body = bytes.TrimLeft(body, "\ufeff \t\r\n")
	if bytes.HasPrefix(body, []byte("<")) {
		var b struct {
			Decisions []string `xml:"message>fraud-events>fraud-event>fraud-event-decision"`
			XMLName   xml.Name `xml:"messages"`
		}
		if idem.NewXMLDecoder(body).Decode(&b) != nil {
			return nil
		}
		return b.Decisions
	}
	var b struct {
		Messages []struct {
			Events fraudEvents `json:"fraudEvents"`
		} `json:"message"`
	}
	_ = json.Unmarshal(body, &b) // what does not fit holds no decision
	var all []string
	for _, m := range b.Messages {
		all = append(all, m.Events...)
	}
	return all
}

// fraudEvents are the decisions in a list of events, or in one alone.
type fraudEvents []string

// UnmarshalJSON never fails.
func (f *fraudEvents) UnmarshalJSON(b []byte) error {
	type event struct {
		Decision text `json:"fraudEventDecision"`
	}
	var several struct {
		Events []event `json:"fraudEvent"`
	}
	var one struct {
		Event event `json:"fraudEvent"`
	}
	if json.Unmarshal(b, &several) != nil && json.Unmarshal(b, &one) == nil {
		several.Events = []event{one.Event}
	}
	for _, e := range several.Events {
		if decision := e.Decision.trimmed(); decision != "" {
			*f = append(*f, decision)
		}
	}
	return nil
}
