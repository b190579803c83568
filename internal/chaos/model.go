package chaos

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"time"
)

type response struct {
	status int
	header http.Header
	body   []byte
}

type exchange struct {
	sim  *Simulation
	w    http.ResponseWriter
	r    *http.Request
	from *departure
	op   string
	now  time.Time // when it arrived, by the server's clock
	done bool      // it has executed its operation
}

func (s *Simulation) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /do/{op}", s.serve((*exchange).keyed))
	mux.HandleFunc("POST /cancel/{op}", s.serve((*exchange).cancel))
	mux.HandleFunc("POST /unguarded/{op}", s.serve((*exchange).unguarded))
	mux.HandleFunc("GET /read/{op}", s.serve((*exchange).read))
	mux.HandleFunc("GET /made/{op}", s.serve((*exchange).made))
	mux.HandleFunc("GET /resource/{op}", s.serve((*exchange).resource))
	mux.HandleFunc("GET /resources/{op}", s.serve((*exchange).resources))
	mux.HandleFunc("POST /", s.serve((*exchange).keyed)) // see endpoint.go
	return mux
}

// serve lets the request's fault strike before the server's own code, in it, or
// in its response.
func (s *Simulation) serve(handle func(x *exchange, body []byte) (response, bool)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		x := s.arrived(rw, r)
		if x.from.fault.before() {
			x.note("never reached the server: " + x.from.fault.String())
			x.inject(response{status: x.sim.rules.succeeds(), body: x.result()})
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			x.note("broke off before it was read")
			return
		}
		if resp, ok := handle(x, body); ok {
			x.inject(resp)
		}
	}
}

func (s *Simulation) arrived(rw http.ResponseWriter, r *http.Request) *exchange {
	s.mu.Lock()
	on := clientEnd(r)
	from := s.underway[on][0]
	s.underway[on] = s.underway[on][1:]
	s.mu.Unlock()
	rw.Header().Set("Date", s.Clock.Server().UTC().Format(http.TimeFormat))
	return &exchange{sim: s, w: rw, r: r, from: from, op: from.op, now: from.serverTime()}
}

// keyed is the idempotency layer, and behind it the execution. It returns no
// response to a request that waited for another one if its client has gone
// meanwhile.
func (x *exchange) keyed(body []byte) (response, bool) {
	rules := x.sim.rules
	key, legal := x.key(body)
	switch {
	case !x.wellFormed(body), !legal:
		return x.refuse(invalidInput), true
	case key == "" && rules.KeyMissing.Status != 0:
		return x.refuse(rules.KeyMissing), true
	case key == "" || x.sim.plan.broken.IgnoresKeys:
		return x.execute(key)
	}
	e, first := x.sim.keys.take(key, x.fingerprint(body), x.op, x.now)
	if first {
		return x.first(key, e)
	}
	resp, ok := x.again(e, body)
	return x.echoed(resp, key), ok
}

// key is the request's key without quotes, and whether it is one of the
// vendor's. A request without a key has an empty one.
func (x *exchange) key(body []byte) (key string, legal bool) {
	rules := x.sim.rules
	if rules.KeyField != "" {
		var members map[string]any
		_ = json.Unmarshal(body, &members) // what is no object has no key
		key, legal = members[rules.KeyField].(string)
		return key, legal && rules.legalKey(key) || members[rules.KeyField] == nil
	}
	key = x.r.Header.Get(cmp.Or(rules.KeyHeader, keyHeader))
	if rules.QuotedKeys && key != "" {
		inner, quoted := strings.CutPrefix(key, `"`)
		inner, closed := strings.CutSuffix(inner, `"`)
		if !quoted || !closed || strings.ContainsAny(inner, `"\`) {
			return "", false
		}
		key = inner
	}
	return key, rules.legalKey(key)
}

func (x *exchange) first(key string, e *entry) (response, bool) {
	resp, ok := x.execute(key)
	if !ok || !x.sim.rules.Keeps.stores(resp, x.done) {
		x.sim.keys.forget(key, e)
		e.dropped = true
	}
	e.executed = x.done
	e.finish(resp)
	if !ok {
		return resp, false
	}
	if e.response.status >= 500 && x.sim.plan.broken.ForgetsFailed {
		x.sim.keys.forget(key, e)
	}
	return x.echoed(e.response, key), true
}

func (x *exchange) again(e *entry, body []byte) (response, bool) {
	rules := x.sim.rules
	if e.fingerprint != x.fingerprint(body) {
		return x.refuse(rules.Mismatch), true
	}
	if e.finished() {
		return x.stored(e), true
	}
	if !rules.Waits {
		return x.marked(x.refuse(rules.InProgress), rules.MarksAll), true
	}
	select {
	case <-e.done:
		switch {
		case e.dropped:
			x.note("waited for the first, which left nothing behind")
			return x.keyed(body)
		case rules.Exists != nil:
			return x.stored(e), true
		}
		x.note("waited for the first and shares its response")
		return e.response, true
	case <-x.r.Context().Done():
		x.note("waited for the first and left")
		return response{}, false
	}
}

// stored answers from what is kept under the key.
func (x *exchange) stored(e *entry) response {
	rules := x.sim.rules
	switch {
	case rules.Exists != nil && e.executed:
		x.note("exists already")
		return response{status: http.StatusConflict, header: x.header(jsonType), body: rules.Exists(e.op)}
	case rules.Current != nil && e.response.status < http.StatusMultipleChoices:
		x.note("shows the state of now")
		return x.success(http.StatusOK, rules.Current(e.op))
	}
	x.note("replayed")
	return x.marked(e.response, true)
}

func (x *exchange) marked(r response, marked bool) response {
	if !marked {
		return r
	}
	return r.with(x.sim.rules.ReplayHeader, cmp.Or(x.sim.rules.ReplayValue, "true"))
}

func (x *exchange) unguarded(body []byte) (response, bool) {
	if !x.wellFormed(body) {
		return x.refuse(invalidInput), true
	}
	key, _ := x.key(body)
	return x.execute(key)
}

func (x *exchange) cancel([]byte) (response, bool) {
	time.Sleep(x.waitAt(SlowBefore))
	if refusal, ok := x.sim.plan.refused(x.op); ok {
		return x.refuse(refusal), true
	}
	if !x.clientStays() {
		return response{}, false
	}
	if x.from.fault.Kind == NotCancelled {
		x.note("answered, and cancelled nothing")
		return x.success(http.StatusOK, x.booking()), true
	}
	news := x.sim.Ledger.cancel(x)
	time.Sleep(x.waitAt(SlowAfter))
	switch {
	case x.failsAfter():
		return x.fail(), true
	case !news:
		return x.refuse(alreadyCancelled), true
	}
	return x.success(http.StatusOK, x.booking()), true
}

func (x *exchange) read([]byte) (response, bool) {
	time.Sleep(x.waitAt(SlowBefore) + x.waitAt(SlowAfter))
	if !x.clientStays() {
		return response{}, false
	}
	if x.failsAfter() {
		return x.fail(), true
	}
	x.note("read")
	return x.success(http.StatusOK, x.booking()), true
}

func (x *exchange) fingerprint(body []byte) string {
	switch {
	case x.sim.rules.IgnoresRequest:
		return ""
	case x.sim.rules.WholeRequest:
		return x.r.Method + " " + x.r.URL.RequestURI() + "\n" + string(body)
	}
	return string(body)
}

func (x *exchange) result() []byte { return x.sim.rules.result(x.op) }

func (r Rules) result(op string) []byte {
	if r.Result != nil {
		return r.Result(op)
	}
	return mustJSON(map[string]string{"object": "issued_pass", "id": "thing-" + op, "message": "Done"})
}

func (x *exchange) booking() []byte {
	status := "confirmed"
	if x.sim.Ledger.Cancelled(x.op) {
		status = "cancelled"
	}
	return mustJSON(map[string]string{"object": "booking", "id": x.op, "transactionId": x.op, "status": status})
}

func (x *exchange) success(status int, body []byte) response {
	return response{status: status, header: x.header(cmp.Or(x.sim.rules.SuccessType, jsonType)), body: body}
}

func (x *exchange) refuse(r Refusal) response {
	x.note(fmt.Sprintf("refused: %d %s", r.Status, r.Code))
	return x.errorResponse(r)
}

func (x *exchange) fail() response {
	x.note("executed, and answered with a 500")
	return x.errorResponse(serverFault)
}

// errorResponse returns a refusal in the format of the vendor.
func (x *exchange) errorResponse(r Refusal) response {
	rules := x.sim.rules
	header := x.header(cmp.Or(rules.ErrorType, jsonType))
	if rules.ErrorHeader != nil {
		maps.Copy(header, rules.ErrorHeader(r))
	}
	return response{status: r.Status, header: header, body: rules.ErrorBody(r, header.Get(rules.requestID()))}
}

func (r Rules) requestID() string { return cmp.Or(r.RequestIDHeader, requestIDHeader) }

func (x *exchange) header(contentType string) http.Header {
	return http.Header{
		"Content-Type": {contentType},
		http.CanonicalHeaderKey(x.sim.rules.requestID()): {fmt.Sprintf("req_%d", x.sim.requestIDs.Add(1))},
	}
}

func (x *exchange) echoed(r response, key string) response {
	return r.with(x.sim.rules.EchoHeader, key)
}

func (r response) with(name, value string) response {
	if name != "" && r.header != nil {
		r.header = r.header.Clone()
		r.header.Set(name, value)
	}
	return r
}

func (x *exchange) note(what string) {
	x.sim.Ledger.note(x.op, sideServer, fmt.Sprintf("request %d %s", x.from.n, what))
}
