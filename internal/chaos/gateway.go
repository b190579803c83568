package chaos

import (
	"fmt"
	"net/http"
	"strings"
)

// injectGatewaySuccess answers with a JSON object of a gateway's own. The
// vendor's edge may have added its request id.
func (x *exchange) injectGatewaySuccess(response) {
	header := http.Header{"Content-Type": {"application/json"}}
	if x.from.fault.Variant/6%2 == 1 {
		header = x.header("application/json")
	}
	x.write(response{pick([]int{http.StatusOK, http.StatusCreated}, x.from.fault.Variant/12), header, []byte(pick([]string{
		`{}`,
		`{"message":"scheduled maintenance"}`,
		`{"success":false}`,
		`{"errors":["upstream unavailable"]}`,
		`{"status":"ok","code":0}`,
		`{"data":null,"message":"We will be back soon"}`,
	}, x.from.fault.Variant))})
}

// injectOddEncoding sends the true response in bytes that are not quite what
// they should be.
func (x *exchange) injectOddEncoding(r response) {
	body, media := string(r.body), "application/json"
	switch x.from.fault.Variant % 4 {
	case 0:
		body = "\ufeff" + body
	case 1:
		body = strings.TrimSuffix(body, "}") + `,"rating":NaN}`
	case 2:
		media = "application/json; charset"
	case 3:
		media = "application/json, application/json"
	}
	r.body = []byte(body)
	x.write(r.with("Content-Type", media))
}

// injectLongWait requests a wait that does not fit, or only just, into the rest
// of a key's window. Only a 503 may hide an execution.
func (x *exchange) injectLongWait(response) {
	refusal := tooManyRequests
	if x.from.fault.After || x.from.fault.Variant/3%2 == 0 {
		refusal = unavailable
	}
	x.write(x.errorResponse(refusal).with("Retry-After", pick([]string{"84", "100", "120"}, x.from.fault.Variant)))
}

func (x *exchange) injectNotImplemented(response) { x.html(http.StatusNotImplemented, nil) }

func (x *exchange) injectIngress(response) { x.html(http.StatusNotFound, nil) }

// injectRotatedKey rejects the request's credentials. From now on others are
// valid.
func (x *exchange) injectRotatedKey(response) {
	x.sim.rotated.Add(1)
	x.write(x.errorResponse(invalidKey))
}

// Credentials returns the value of the Authorization header that is valid now.
func (s *Simulation) Credentials() string { return fmt.Sprintf("Bearer key-%d", s.rotated.Load()) }

// injectClockStep sets the client's wall clock while the response is due, which
// is lost.
func (x *exchange) injectClockStep(response) {
	conn, step := x.raw(""), x.from.fault.Wait
	if x.from.fault.Kind == ClockBack {
		step = -step
	}
	x.sim.Ledger.note(machines, sideClient, "the wall clock is set by "+step.String())
	x.sim.Clock.Step(step)
	conn.Reset()
	_ = conn.Close()
}
