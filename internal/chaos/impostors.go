package chaos

import (
	"net/http"
	"strconv"
	"time"
)

// What is said here is said in the server's place, or about a request that it never dealt with.

// html answers as proxies and portals do.
func (v *visit) html(status int, header http.Header) {
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", "text/html; charset=utf-8")
	v.write(answer{status, header, []byte("<html><body><h1>" + http.StatusText(status) + "</h1></body></html>\n")})
}

func (v *visit) spoilServerError(answer) {
	v.write(v.say(pick([]Refusal{serverFault, unavailable}, v.from.fault.Variant)))
}

func (v *visit) spoilByProxy(answer) {
	v.html(pick([]int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}, v.from.fault.Variant), nil)
}

func (v *visit) spoilByPortal(answer) {
	if v.from.fault.Variant%2 == 0 {
		v.html(http.StatusOK, nil)
		return
	}
	v.write(answer{http.StatusOK, http.Header{"Content-Type": nil}, []byte("Welcome! Please accept our terms.\n")})
}

func (v *visit) spoilByProxyTimeout(answer) { v.html(http.StatusRequestTimeout, nil) }

func (v *visit) spoilByRedirect(answer) {
	statuses := []int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect}
	target := "http://127.0.0.1:1/elsewhere"
	if v.from.fault.Variant%2 == 0 {
		target = v.world.URL + "/read/" + v.op
	}
	v.html(pick(statuses, v.from.fault.Variant), http.Header{"Location": {target}})
}

func (v *visit) spoilByMiddlebox(answer) {
	status := pick([]int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity}, v.from.fault.Variant)
	whole := v.say(invalidInput).body
	bodies := [][]byte{nil, []byte("{}"), []byte("blocked"), whole[:len(whole)/2]}
	if v.from.fault.Variant%3 == 0 {
		v.html(status, nil)
		return
	}
	v.write(answer{status, http.Header{"Content-Type": {"application/json"}}, pick(bodies, v.from.fault.Variant)})
}

func (v *visit) spoilByGateway(answer) {
	v.html(pick([]int{
		http.StatusProxyAuthRequired, http.StatusLengthRequired, http.StatusRequestEntityTooLarge,
		http.StatusRequestURITooLong, http.StatusExpectationFailed, http.StatusMisdirectedRequest,
		http.StatusUpgradeRequired, http.StatusRequestHeaderFieldsTooLarge,
	}, v.from.fault.Variant), nil)
}

// spoilByThrottle asks the client to come back later. Only a 503 may hide that the server has executed.
func (v *visit) spoilByThrottle(answer) {
	refusal := tooManyRequests
	if v.from.fault.After || v.from.fault.Variant%3 == 0 {
		refusal = unavailable
	}
	now := v.world.Clock.Server().UTC()
	a := v.say(refusal)
	v.write(a.with("Retry-After", pick([]string{
		"2",
		"120", // longer than the window
		"9300000000",
		now.Add(-time.Minute).Format(http.TimeFormat),
		now.Add(5 * time.Second).Format(http.TimeFormat),
		strconv.Itoa(-3),
		"soon",
	}, v.from.fault.Variant)))
}

func (v *visit) spoilByRefusal(answer) {
	v.write(v.say(pick([]Refusal{invalidKey, accountDisabled, invalidInput}, v.from.fault.Variant)))
}

// spoilBody answers with a success that says nothing about the operation.
func (v *visit) spoilBody(answer) {
	status, body := http.StatusOK, ""
	switch v.from.fault.Variant % 6 {
	case 0:
		body = string(v.say(serverFault).body)
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
	v.write(answer{status, http.Header{"Content-Type": {"application/json"}}, []byte(body)})
}
