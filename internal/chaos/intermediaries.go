package chaos

import (
	"net/http"
	"strconv"
	"time"
)

// Responses in the server's place, or to requests that it has not handled.

func (x *exchange) html(status int, header http.Header) {
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", "text/html; charset=utf-8")
	x.write(response{status, header, []byte("<html><body><h1>" + http.StatusText(status) + "</h1></body></html>\n")})
}

func (x *exchange) injectServerError(response) {
	x.write(x.errorResponse(pick([]Refusal{serverFault, unavailable}, x.from.fault.Variant)))
}

func (x *exchange) injectProxyError(response) {
	x.html(pick([]int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}, x.from.fault.Variant), nil)
}

func (x *exchange) injectPortal(response) {
	if x.from.fault.Variant%2 == 0 {
		x.html(http.StatusOK, nil)
		return
	}
	x.write(response{http.StatusOK, http.Header{"Content-Type": nil}, []byte("Welcome! Please accept our terms.\n")})
}

func (x *exchange) injectProxyTimeout(response) { x.html(http.StatusRequestTimeout, nil) }

func (x *exchange) injectRedirect(response) {
	statuses := []int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect}
	target := "http://127.0.0.1:1/elsewhere"
	if x.from.fault.Variant%2 == 0 {
		target = x.sim.URL + "/read/" + x.op
	}
	x.html(pick(statuses, x.from.fault.Variant), http.Header{"Location": {target}})
}

func (x *exchange) injectMiddlebox(response) {
	status := pick([]int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity}, x.from.fault.Variant)
	whole := x.errorResponse(invalidInput).body
	bodies := [][]byte{nil, []byte("{}"), []byte("blocked"), whole[:len(whole)/2]}
	if x.from.fault.Variant%3 == 0 {
		x.html(status, nil)
		return
	}
	x.write(response{status, http.Header{"Content-Type": {"application/json"}}, pick(bodies, x.from.fault.Variant)})
}

func (x *exchange) injectGatewayRefusal(response) {
	x.html(pick([]int{
		http.StatusProxyAuthRequired, http.StatusLengthRequired, http.StatusRequestEntityTooLarge,
		http.StatusRequestURITooLong, http.StatusExpectationFailed, http.StatusMisdirectedRequest,
		http.StatusUpgradeRequired, http.StatusRequestHeaderFieldsTooLarge,
	}, x.from.fault.Variant), nil)
}

// injectThrottle requests a later retry. Only a 503 may hide an execution.
func (x *exchange) injectThrottle(response) {
	refusal := tooManyRequests
	if x.from.fault.After || x.from.fault.Variant%3 == 0 {
		refusal = unavailable
	}
	now := x.sim.Clock.Server().UTC()
	resp := x.errorResponse(refusal)
	x.write(resp.with("Retry-After", pick([]string{
		"2",
		"120", // longer than the window
		"9300000000",
		now.Add(-time.Minute).Format(http.TimeFormat),
		now.Add(5 * time.Second).Format(http.TimeFormat),
		strconv.Itoa(-3),
		"soon",
	}, x.from.fault.Variant)))
}

func (x *exchange) injectEarlyRefusal(response) {
	x.write(x.errorResponse(pick([]Refusal{invalidKey, accountDisabled, invalidInput}, x.from.fault.Variant)))
}

func (x *exchange) injectOddBody(response) {
	status, body := http.StatusOK, ""
	switch x.from.fault.Variant % 6 {
	case 0:
		body = string(x.errorResponse(serverFault).body)
	case 1:
		body = "null"
	case 2:
		body = "[]"
	case 3:
		body = `"ok"`
	case 4:
		status, body = http.StatusAccepted, `{"status":"queued"}`
	case 5:
		status = http.StatusNoContent
	}
	x.write(response{status, http.Header{"Content-Type": {"application/json"}}, []byte(body)})
}
