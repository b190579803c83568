package linear

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	keyHeader  = "Idempotency-Key"
	callHeader = "Call"
	requestID  = "Request-Id"
	replayed   = "Replayed"
)

// server is the vendor. It knows the truth: each execution is an event of the
// history.
//
// It keeps the promises that the engine relies on: an abandoned request reaches
// the key check within the margin or never, an executed key is remembered for
// the whole window, and a request that has arrived is executed while its key is
// remembered, or never.
type server struct {
	history *history
	window  time.Duration // how long a key is remembered
	plan    plan
	counts  *counts

	mu       sync.Mutex
	keys     map[string]*storedKey
	made     map[string][]string // by scope
	truth    map[string]string   // the first that was made, by ref
	requests map[string]int      // by ref
	count    int
}

type storedKey struct {
	response

	taken time.Time
	done  chan struct{} // closed once there is a response, or none will be
	gone  bool          // the request was rolled back: there is no response
}

type response struct {
	status int
	body   string
}

func newServer(h *history, window time.Duration, p plan, c *counts) *server {
	return &server{
		history: h, window: window, plan: p, counts: c,
		keys: map[string]*storedKey{}, made: map[string][]string{}, truth: map[string]string{}, requests: map[string]int{},
	}
}

type order struct {
	Scope string `json:"scope"`
}

type exchange struct {
	*server
	w     http.ResponseWriter
	r     *http.Request
	ref   string
	scope string
	fault serverFault
}

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /keyed/{ref}", s.serve((*exchange).keyed))
	mux.HandleFunc("POST /once/{ref}", s.serve((*exchange).once))
	mux.HandleFunc("GET /made/{scope}", s.list)
	mux.HandleFunc("GET /truth/{ref}", s.writeTruth)
	return mux
}

func (s *server) serve(handle func(*exchange) response) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var o order
		if err != nil || json.Unmarshal(body, &o) != nil {
			panic(http.ErrAbortHandler)
		}
		x := &exchange{server: s, w: w, r: r, ref: r.PathValue("ref"), scope: o.Scope}
		x.fault = s.plan.request(x.ref, s.number(x.ref))
		s.counts.add(metServer(x.fault.kind))
		x.respond(x.inject(handle))
	}
}

func (s *server) number(ref string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests[ref]++
	return s.requests[ref]
}

// inject lets the fault strike in front of the server's own code, or behind.
func (x *exchange) inject(handle func(*exchange) response) response {
	if x.fault.ahead > 0 {
		_ = pause(x.r.Context(), x.fault.ahead) // a client that left reads no response
	}
	switch x.fault.kind {
	case faultHangs:
		<-x.r.Context().Done() // the client gives up; nothing was executed
		return response{}
	case faultDropped:
		return response{}
	case faultLimited:
		return failure(http.StatusTooManyRequests, "rate_limited")
	case faultForbidden:
		return failure(http.StatusForbidden, "forbidden")
	case faultUnavailable:
		return failure(http.StatusServiceUnavailable, "unavailable")
	case faultGateway:
		return response{http.StatusBadGateway, "<html>Bad gateway</html>"}
	}
	got := handle(x)
	switch x.fault.kind {
	case faultLost:
		return response{}
	case faultGatewayAfter:
		return response{http.StatusGatewayTimeout, "<html>Gateway timeout</html>"}
	}
	return got
}

func (x *exchange) respond(got response) {
	if got.status == 0 {
		panic(http.ErrAbortHandler)
	}
	x.w.Header().Set("Content-Type", "application/json")
	if strings.HasPrefix(got.body, "<") {
		x.w.Header().Set("Content-Type", "text/html")
	} else {
		x.w.Header().Set(requestID, "req")
	}
	x.w.WriteHeader(got.status)
	_, _ = io.WriteString(x.w, got.body)
}

func failure(status int, code string) response {
	return response{status, fmt.Sprintf(`{"error":{"code":%q}}`, code)}
}

// keyed executes once for each remembered key. Requests with a key in use wait
// and share the response.
func (x *exchange) keyed() response {
	key := x.r.Header.Get(keyHeader)
	for {
		k, first := x.take(key)
		if first {
			return x.first(key, k)
		}
		select {
		case <-k.done:
		case <-x.r.Context().Done():
			return response{}
		}
		if !k.gone {
			x.w.Header().Set(replayed, "true")
			return k.response
		}
	}
}

// take returns the record of a key, and whether the caller is the first with
// it. A key in use is never forgotten.
func (s *server) take(key string) (*storedKey, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.keys[key]
	if k != nil && (!k.finished() || !k.gone && time.Since(k.taken) < s.window) {
		return k, false
	}
	k = &storedKey{taken: time.Now(), done: make(chan struct{})}
	s.keys[key] = k
	return k, true
}

func (k *storedKey) finished() bool {
	select {
	case <-k.done:
		return true
	default:
		return false
	}
}

func (x *exchange) first(key string, k *storedKey) response {
	defer close(k.done)
	if !x.work() {
		k.gone = true
		return response{}
	}
	if x.fault.kind == faultRefused {
		k.response = failure(http.StatusConflict, "class_full")
		return k.response
	}
	k.response = x.execute(key)
	if x.fault.kind == faultStored {
		k.response = failure(http.StatusInternalServerError, "internal_error")
	}
	x.rest()
	return k.response
}

// work takes its time. It reports false if the client left meanwhile and the
// request was rolled back.
func (x *exchange) work() bool {
	if x.fault.kind != faultSlow && x.fault.kind != faultRolledBack {
		return true
	}
	t := time.NewTimer(x.fault.wait)
	defer t.Stop()
	if x.fault.kind == faultSlow {
		<-t.C // executed, also if the client has gone
		return true
	}
	select {
	case <-t.C:
		return true
	case <-x.r.Context().Done():
		return false
	}
}

func (x *exchange) rest() {
	if x.fault.kind == faultSlowAfter {
		t := time.NewTimer(x.fault.wait)
		defer t.Stop()
		select {
		case <-t.C:
		case <-x.r.Context().Done():
		}
	}
}

func (x *exchange) once() response {
	switch {
	case !x.work():
		return response{}
	case x.fault.kind == faultRefused:
		return failure(http.StatusConflict, "class_full")
	}
	got := x.execute("")
	x.rest()
	if x.fault.kind == faultStored {
		return failure(http.StatusInternalServerError, "internal_error")
	}
	return got
}

func (x *exchange) execute(key string) response {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.count++
	made := fmt.Sprint("made-", x.count)
	x.history.executed(x.ref, x.r.Header.Get(callHeader), key, made)
	x.made[x.scope] = append(x.made[x.scope], made)
	x.truth[x.ref] = cmp.Or(x.truth[x.ref], made)
	return response{http.StatusCreated, thing(made)}
}

func (s *server) madeFor(ref string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.truth[ref]
}

// writeTruth is madeFor for other processes. It never fails: it is no part of
// the API.
func (s *server) writeTruth(w http.ResponseWriter, r *http.Request) {
	_ = json.NewEncoder(w).Encode(s.madeFor(r.PathValue("ref"))) //nolint:errchkjson // it is a text
}

func (s *server) list(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	items := slices.Clone(s.made[r.PathValue("scope")])
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(listing{Object: "list", Items: items}) //nolint:errchkjson // it is made of texts
}

type listing struct {
	Object string   `json:"object"`
	Items  []string `json:"items"`
}

type product struct {
	Object string `json:"object"`
	ID     string `json:"id"`
}

func thing(id string) string { return fmt.Sprintf(`{"object":"thing","id":%q}`, id) }
