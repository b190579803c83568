package live

import (
	"strconv"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// delivery is what the client got for a request.
type delivery uint8

const (
	noResponse    delivery = iota // the connection was closed before all of it came
	otherResponse                 // an error or a proxy's page in place of the operation's response
	ownResponse                   // the operation's own
)

// delivered returns what the client got.
func delivered(line *fakeserver.Line) delivery {
	replaced := line.Phase == fakeserver.PhaseAfter && !isDelay(line.Fault)
	switch {
	case line.Status == 0 || line.Fault == fakeserver.CutResponse:
		return noResponse
	case replaced || line.Status < 200 || line.Status > 299:
		return otherResponse
	default:
		return ownResponse
	}
}

// shortfall names what the client got in place of an operation's own response;
// "" if it got that, or the mark shows it already.
func shortfall(line *fakeserver.Line) string {
	switch {
	case line.Result != fakeserver.ResultExecuted || delivered(line) != noResponse:
		return ""
	case line.Status != 0:
		return "response cut"
	default:
		return "no response"
	}
}

// got names a response that is not the operation's own.
func got(line *fakeserver.Line) string {
	if line.Status < 300 {
		return "a proxy's page" // nothing else replaces a response by a good status
	}
	return strconv.Itoa(line.Status)
}
