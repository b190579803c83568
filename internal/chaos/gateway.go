package chaos

import (
	"fmt"
	"net/http"
	"strings"
)

// injectGatewaySuccess answers with a JSON object of a gateway's own. The vendor's edge may have added its request id.
func (v *visit) injectGatewaySuccess(answer) {
	header := http.Header{"Content-Type": {"application/json"}}
	if v.from.fault.Variant/6%2 == 1 {
		header = v.header("application/json")
	}
	v.write(answer{pick([]int{http.StatusOK, http.StatusCreated}, v.from.fault.Variant/12), header, []byte(pick([]string{
		`{}`,
		`{"message":"scheduled maintenance"}`,
		`{"success":false}`,
		`{"errors":["upstream unavailable"]}`,
		`{"status":"ok","code":0}`,
		`{"data":null,"message":"We will be back soon"}`,
	}, v.from.fault.Variant))})
}

// injectOddEncoding sends the true response in bytes that are not quite what they should be.
func (v *visit) injectOddEncoding(a answer) {
	body, media := string(a.body), "application/json"
	switch v.from.fault.Variant % 4 {
	case 0:
		body = "\ufeff" + body
	case 1:
		body = strings.TrimSuffix(body, "}") + `,"rating":NaN}`
	case 2:
		media = "application/json; charset"
	case 3:
		media = "application/json, application/json"
	}
	a.body = []byte(body)
	v.write(a.with("Content-Type", media))
}

// injectLongWait asks for a wait that does not fit into what is left of a key's window, or only just. Only a 503 may
// hide that the server has executed.
func (v *visit) injectLongWait(answer) {
	refusal := tooManyRequests
	if v.from.fault.After || v.from.fault.Variant/3%2 == 0 {
		refusal = unavailable
	}
	v.write(v.say(refusal).with("Retry-After", pick([]string{"84", "100", "120"}, v.from.fault.Variant)))
}

func (v *visit) injectNotImplemented(answer) { v.html(http.StatusNotImplemented, nil) }

func (v *visit) injectIngress(answer) { v.html(http.StatusNotFound, nil) }

// injectRotatedKey refuses the request's credentials. From now on the client's user has others.
func (v *visit) injectRotatedKey(answer) {
	v.world.rotated.Add(1)
	v.write(v.say(invalidKey))
}

// Credentials returns the value of the Authorization header that the client's user has at the moment.
func (w *World) Credentials() string { return fmt.Sprintf("Bearer account.%d", w.rotated.Load()) }

// account is whose credentials they are, whichever of them.
func account(authorization string) string {
	name, _, _ := strings.Cut(authorization, ".")
	return name
}

// injectClockStep sets the client's wall clock while the response is due, which is lost.
func (v *visit) injectClockStep(answer) {
	conn, step := v.raw(""), v.from.fault.Wait
	if v.from.fault.Kind == ClockBack {
		step = -step
	}
	v.world.Ledger.note(everybody, sideClient, "the wall clock is set by "+step.String())
	v.world.Clock.Step(step)
	conn.Reset()
	_ = conn.Close()
}
