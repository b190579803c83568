package chaos

import (
	"fmt"
	"io"
	"net/http"
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
}

func (s *Simulation) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /do/{op}", s.serve((*exchange).keyed))
	mux.HandleFunc("POST /cancel/{op}", s.serve((*exchange).cancel))
	mux.HandleFunc("POST /unguarded/{op}", s.serve((*exchange).unguarded))
	mux.HandleFunc("GET /read/{op}", s.serve((*exchange).read))
	mux.HandleFunc("GET /made/{op}", s.serve((*exchange).made))
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
			x.inject(response{status: http.StatusCreated, body: x.result()})
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
	rules, key := x.sim.rules, x.r.Header.Get(keyHeader)
	switch {
	case !x.wellFormed(body), !rules.legalKey(key):
		return x.refuse(invalidInput), true
	case key == "" || x.sim.plan.broken.IgnoresKeys:
		return x.execute(key)
	}
	e, first := x.sim.keys.take(key, x.fingerprint(body), x.now)
	if first {
		resp, ok := x.execute(key)
		if !ok {
			x.sim.keys.forget(key, e)
		}
		e.finish(resp)
		if !ok {
			return resp, false
		}
		if e.response.status >= 500 && x.sim.plan.broken.ForgetsFailed {
			x.sim.keys.forget(key, e)
		}
		return x.echoed(e.response, key), true
	}
	resp, ok := x.again(e, body)
	return x.echoed(resp, key), ok
}

func (x *exchange) again(e *entry, body []byte) (response, bool) {
	rules := x.sim.rules
	if e.fingerprint != x.fingerprint(body) {
		return x.refuse(rules.Mismatch), true
	}
	if e.finished() {
		x.note("replayed")
		return e.response.with(rules.ReplayHeader, "true"), true
	}
	if !rules.Waits {
		return x.refuse(rules.InProgress), true
	}
	select {
	case <-e.done:
		if e.response.status == 0 {
			x.note("waited for the first, which was rolled back")
			return x.keyed(body)
		}
		x.note("waited for the first and shares its response")
		return e.response, true
	case <-x.r.Context().Done():
		x.note("waited for the first and left")
		return response{}, false
	}
}

func (x *exchange) unguarded(body []byte) (response, bool) {
	if !x.wellFormed(body) {
		return x.refuse(invalidInput), true
	}
	return x.execute(x.r.Header.Get(keyHeader))
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
	if x.sim.rules.WholeRequest {
		return x.r.Method + " " + x.r.URL.RequestURI() + "\n" + string(body)
	}
	return string(body)
}

func (x *exchange) result() []byte {
	if x.sim.rules.Result != nil {
		return x.sim.rules.Result(x.op)
	}
	return mustJSON(map[string]string{"object": "issued_pass", "id": "thing-" + x.op, "message": "Done"})
}

func (x *exchange) booking() []byte {
	status := "confirmed"
	if x.sim.Ledger.Cancelled(x.op) {
		status = "cancelled"
	}
	return mustJSON(map[string]string{"object": "booking", "id": x.op, "transactionId": x.op, "status": status})
}

func (x *exchange) success(status int, body []byte) response {
	return response{status: status, header: x.header("application/json"), body: body}
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
	header := x.header("application/json")
	return response{status: r.Status, header: header, body: x.sim.rules.ErrorBody(r, header.Get(requestIDHeader))}
}

func (x *exchange) header(contentType string) http.Header {
	return http.Header{
		"Content-Type":  {contentType},
		requestIDHeader: {fmt.Sprintf("req_%d", x.sim.requestIDs.Add(1))},
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
