package chaos

import (
	"fmt"
	"io"
	"net/http"
	"time"
)

// answer is what the server has to say before anything happens to it.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// visit is a request that has arrived.
type visit struct {
	world *World
	w     http.ResponseWriter
	r     *http.Request
	from  *departure
	op    string
	now   time.Time // when it arrived, by the server's clock
}

func (w *World) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /do/{op}", w.serve((*visit).keyed))
	mux.HandleFunc("POST /cancel/{op}", w.serve((*visit).cancel))
	mux.HandleFunc("POST /unguarded/{op}", w.serve((*visit).unguarded))
	mux.HandleFunc("GET /read/{op}", w.serve((*visit).read))
	mux.HandleFunc("GET /made/{op}", w.serve((*visit).made))
	mux.HandleFunc("POST /", w.serve((*visit).keyed)) // see endpoint.go
	return mux
}

// serve lets the request's fault strike before the server's own code, in it, or in its answer.
func (w *World) serve(deal func(v *visit, body []byte) (answer, bool)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		v := w.arrived(rw, r)
		if v.from.fault.before() {
			v.note("never reached the server: " + v.from.fault.String())
			v.spoil(answer{status: http.StatusCreated, body: v.result()})
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			v.note("broke off before it was read")
			return
		}
		if a, ok := deal(v, body); ok {
			v.spoil(a)
		}
	}
}

func (w *World) arrived(rw http.ResponseWriter, r *http.Request) *visit {
	w.mu.Lock()
	on := clientEnd(r)
	from := w.underway[on][0]
	w.underway[on] = w.underway[on][1:]
	w.mu.Unlock()
	rw.Header().Set("Date", w.Clock.Server().UTC().Format(http.TimeFormat))
	return &visit{world: w, w: rw, r: r, from: from, op: from.op, now: from.serverTime()}
}

// keyed is the idempotency layer, and behind it the execution. It has no answer for a request that waited for another
// and whose client has gone meanwhile.
func (v *visit) keyed(body []byte) (answer, bool) {
	rules, key := v.world.rules, v.r.Header.Get(keyHeader)
	switch {
	case !v.wellFormed(body), !rules.legalKey(key):
		return v.refuse(invalidInput), true
	case key == "" || v.world.plan.broken.IgnoresKeys:
		return v.execute(key)
	}
	scoped := account(v.r.Header.Get("Authorization")) + "\x00" + key
	e, first := v.world.keys.take(scoped, v.fingerprint(body), v.now)
	if first {
		a, ok := v.execute(key)
		if !ok {
			v.world.keys.forget(scoped, e)
		}
		e.finish(a)
		if !ok {
			return a, false
		}
		if e.answer.status >= 500 && v.world.plan.broken.ForgetsFailed {
			v.world.keys.forget(scoped, e)
		}
		return v.echoed(e.answer, key), true
	}
	a, ok := v.again(e, body)
	return v.echoed(a, key), ok
}

// again answers a request whose key is known.
func (v *visit) again(e *entry, body []byte) (answer, bool) {
	rules := v.world.rules
	if e.fingerprint != v.fingerprint(body) {
		return v.refuse(rules.Mismatch), true
	}
	if e.finished() {
		v.note("replayed")
		return e.answer.with(rules.ReplayHeader, "true"), true
	}
	if !rules.Waits {
		return v.refuse(rules.InProgress), true
	}
	select {
	case <-e.done:
		if e.answer.status == 0 {
			v.note("waited for the first, which was rolled back")
			return v.keyed(body)
		}
		v.note("waited for the first and shares its answer")
		return e.answer, true
	case <-v.r.Context().Done():
		v.note("waited for the first and left")
		return answer{}, false
	}
}

func (v *visit) unguarded(body []byte) (answer, bool) {
	if !v.wellFormed(body) {
		return v.refuse(invalidInput), true
	}
	return v.execute(v.r.Header.Get(keyHeader))
}

func (v *visit) cancel([]byte) (answer, bool) {
	time.Sleep(v.waits(SlowBefore))
	if refusal, ok := v.world.plan.refused(v.op); ok {
		return v.refuse(refusal), true
	}
	if !v.stays() {
		return answer{}, false
	}
	if v.from.fault.Kind == NotCancelled {
		v.note("answered, and cancelled nothing")
		return v.success(http.StatusOK, v.booking()), true
	}
	news := v.world.Ledger.cancel(v)
	time.Sleep(v.waits(SlowAfter))
	switch {
	case v.failsAfter():
		return v.fail(), true
	case !news:
		return v.refuse(alreadyCancelled), true
	}
	return v.success(http.StatusOK, v.booking()), true
}

func (v *visit) read([]byte) (answer, bool) {
	time.Sleep(v.waits(SlowBefore) + v.waits(SlowAfter))
	if !v.stays() {
		return answer{}, false
	}
	if v.failsAfter() {
		return v.fail(), true
	}
	v.note("read")
	return v.success(http.StatusOK, v.booking()), true
}

func (v *visit) fingerprint(body []byte) string {
	if v.world.rules.WholeRequest {
		return v.r.Method + " " + v.r.URL.RequestURI() + "\n" + string(body)
	}
	return string(body)
}

func (v *visit) result() []byte {
	if v.world.rules.Result != nil {
		return v.world.rules.Result(v.op)
	}
	return mustJSON(map[string]string{"object": "issued_pass", "id": "thing-" + v.op, "message": "Done"})
}

func (v *visit) booking() []byte {
	status := "confirmed"
	if v.world.Ledger.Cancelled(v.op) {
		status = "cancelled"
	}
	return mustJSON(map[string]string{"object": "booking", "id": v.op, "transactionId": v.op, "status": status})
}

func (v *visit) success(status int, body []byte) answer {
	return answer{status: status, header: v.header("application/json"), body: body}
}

func (v *visit) refuse(r Refusal) answer {
	v.note(fmt.Sprintf("refused: %d %s", r.Status, r.Code))
	return v.say(r)
}

func (v *visit) fail() answer {
	v.note("executed, and answered with a 500")
	return v.say(serverFault)
}

// say writes a refusal as the vendor does.
func (v *visit) say(r Refusal) answer {
	header := v.header("application/json")
	return answer{status: r.Status, header: header, body: v.world.rules.ErrorBody(r, header.Get(requestIDHeader))}
}

// header returns the headers of an answer of the server's own.
func (v *visit) header(contentType string) http.Header {
	return http.Header{
		"Content-Type":  {contentType},
		requestIDHeader: {fmt.Sprintf("req_%d", v.world.answers.Add(1))},
	}
}

// echoed adds the key where the rules want it.
func (v *visit) echoed(a answer, key string) answer {
	return a.with(v.world.rules.EchoHeader, key)
}

// with returns the answer with one more header. An empty name adds none.
func (a answer) with(name, value string) answer {
	if name != "" && a.header != nil {
		a.header = a.header.Clone()
		a.header.Set(name, value)
	}
	return a
}

func (v *visit) note(what string) {
	v.world.Ledger.note(v.op, sideServer, fmt.Sprintf("request %d %s", v.from.n, what))
}
