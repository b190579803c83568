package live

import (
	"strings"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// isDelay reports whether a fault only delays a response.
func isDelay(f fakeserver.Fault) bool { return strings.HasPrefix(string(f), "delay-") }

// waiting is a fault that waits for a request.
type waiting struct {
	Operation string `json:"operation"`
	Account   string `json:"account"`
	Fault     string `json:"fault"`
	Count     int    `json:"count"`
}

type waitingFaults struct {
	Faults []waiting `json:"faults"`
}

// newFault asks for a fault.
type newFault struct {
	Operation string `json:"operation"`
	Fault     string `json:"fault"`
}

type newFaults struct {
	Faults []newFault `json:"faults"`
}
