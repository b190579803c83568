package conformance_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/idem/conformance"
	"github.com/bardge/bardge-go/internal/memnet"
)

// shop is a server with idempotency keys. Each of its flaws breaks one promise.
type shop struct {
	flaw flaw
	form form

	requests atomic.Int64
	clients  sync.Map // the addresses that requests came from

	mu     sync.Mutex
	orders int
	keys   map[string]*slot
}

// slot is a key that is used.
type slot struct {
	sum      [sha256.Size]byte
	since    time.Time
	response *stored
}

type stored struct {
	status int
	body   []byte
}

type flaw string

const (
	sound           flaw = "none"
	ignoresKeys     flaw = "it ignores keys"
	forgets         flaw = "it forgets keys too early"
	keepsNo500      flaw = "it keeps no 500"
	stopsWithClient flaw = "it keeps nothing for a client that has gone"
	noLock          flaw = "it has no lock"
	noAccounts      flaw = "keys are everyone's"
	anyBody         flaw = "it does not compare bodies"
	anyPath         flaw = "it does not compare paths"
	unmarked        flaw = "it marks no replay"
	marksAll        flaw = "it marks first responses"
	rebuilds        flaw = "it makes the response anew"
	cutsKeys        flaw = "it cuts long keys"
	otherStatus     flaw = "it repeats with another status"
	foldsCase       flaw = "it folds the case of keys"
	ignoresLongKeys flaw = "it ignores keys that are too long"
	ignoresBadKeys  flaw = "it ignores keys with other characters"
	refusalForgets  flaw = "a refused body frees the key"
	lockedForGood   flaw = "a lost client locks the key"

	// What is no flaw, or one in words only.
	needsKey          flaw = "it needs a key"
	comparesOrders    flaw = "it does equal orders once, also without a key"
	freesRefusals     flaw = "it stores no refusal"
	refusesRepetition flaw = "it refuses repetitions"
	expiresLoudly     flaw = "it refuses old keys"
	sharesKeys        flaw = "a key is used up for all accounts"
	failsLongKeys     flaw = "it fails for long keys"
	failsReuse        flaw = "it fails for used keys"
	failsFirst        flaw = "it fails before the work"
	refusesCapitals   flaw = "it refuses keys in capitals"
	works             flaw = "it works at once"
	worksSlowly       flaw = "it works for seconds"
	throttles         flaw = "it refuses each third request"
)

// form is another way to take keys, or to answer repetitions.
type form int

const (
	keyInHeader form = iota
	keyInBody
	quotedKey
	existsAlready
)

const (
	keyTTL    = 24 * time.Hour
	maxKey    = 40
	working   = 20 * time.Millisecond // how long an order takes
	keyHeader = "Idempotency-Key"
)

func profile() idem.Profile {
	return idem.Profile{
		Vendor: "shop", KeyHeader: keyHeader, KeyTTL: keyTTL, KeyMaxLength: maxKey,
		KeyAlphabet:  func(c byte) bool { return c != '!' },
		ReplayHeader: "Replayed", ReplayValue: "yes",
		Classify: func(_ int, _ http.Header, body []byte) idem.Signal {
			var e struct {
				Error string `json:"error"`
			}
			_ = json.Unmarshal(body, &e)
			return map[string]idem.Signal{
				"": idem.SignalNone, "key reused": idem.SignalKeyReused, "in progress": idem.SignalInProgress, "exists already": idem.SignalAlreadyExecuted,
			}[e.Error]
		},
	}
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	n := s.requests.Add(1)
	s.clients.Store(r.RemoteAddr, true)
	w.Header().Set("Date", fmt.Sprint("day ", n))
	if r.URL.Path == "/moved" {
		http.Redirect(w, r, "/orders", http.StatusSeeOther)
		return
	}
	if s.flaw == throttles && n%3 == 0 {
		w.Header().Set("Retry-After", "2")
		refuse(w, http.StatusTooManyRequests, "too soon")
		return
	}
	key := s.keyOf(r, &body)
	switch {
	case s.flaw == ignoresKeys, s.flaw == ignoresLongKeys && len(key) > maxKey,
		s.flaw == ignoresBadKeys && strings.Contains(key, "!"):
		key = ""
	case len(key) > maxKey && s.flaw == failsLongKeys:
		refuse(w, http.StatusInternalServerError, "long key")
		return
	case len(key) > maxKey, strings.Contains(key, "!"), key == "" && s.flaw == needsKey,
		s.flaw == refusesCapitals && strings.ToUpper(key) == key:
		refuse(w, http.StatusBadRequest, "invalid key")
		return
	case s.flaw == cutsKeys:
		key = key[:min(len(key), maxKey-1)]
	case s.flaw == foldsCase:
		key = strings.ToLower(key)
	}
	if key == "" && s.flaw == comparesOrders {
		key = string(body)
	}
	if key == "" {
		s.execute(r, body).send(w)
		return
	}
	if s.flaw != noAccounts && s.flaw != sharesKeys {
		key = r.Header.Get("Authorization") + " " + key
	}
	s.keyed(w, r, key, body)
}

// keyOf returns a request's key, and takes it out of the body.
func (s *shop) keyOf(r *http.Request, body *[]byte) string {
	key := r.Header.Get(keyHeader)
	switch s.form {
	case quotedKey:
		key, _ = strconv.Unquote(key)
	case keyInBody:
		var members map[string]json.RawMessage
		_ = json.Unmarshal(*body, &members)
		_ = json.Unmarshal(members["key"], &key)
		_, rest, _ := bytes.Cut(*body, []byte(","))
		*body = append([]byte("{"), rest...)
	}
	return key
}

// keyed executes a request under a key, or repeats what was stored for it.
func (s *shop) keyed(w http.ResponseWriter, r *http.Request, key string, body []byte) {
	used, isNew := s.take(key, s.sumOf(r, body))
	if isNew {
		response := s.execute(r, body)
		s.store(r, key, used, response)
		if s.flaw == marksAll {
			w.Header().Set("Replayed", "yes")
		}
		response.send(w)
		return
	}
	switch response, sum := s.load(used); {
	case s.flaw == expiresLoudly && time.Since(used.since) > keyTTL/3:
		refuse(w, http.StatusGone, "old key")
	case s.flaw == refusesRepetition:
		refuse(w, http.StatusConflict, "used key")
	case sum != s.sumOf(r, body) && s.flaw == failsReuse:
		refuse(w, http.StatusInternalServerError, "key reused")
	case sum != s.sumOf(r, body):
		if s.flaw == refusalForgets {
			s.forget(key)
		}
		refuse(w, http.StatusUnprocessableEntity, "key reused")
	case response == nil:
		refuse(w, http.StatusConflict, "in progress")
	case s.form == existsAlready && response.status == http.StatusCreated:
		refuse(w, http.StatusConflict, "exists already")
	default:
		if s.flaw != unmarked {
			w.Header().Set("Replayed", "yes")
		}
		if s.flaw == otherStatus {
			response.status = http.StatusOK
		}
		if s.flaw == rebuilds {
			response.body = append([]byte(" "), response.body...)
		}
		response.send(w)
	}
}

func (s *shop) sumOf(r *http.Request, body []byte) [sha256.Size]byte {
	parts := r.URL.Path
	if s.flaw == anyPath {
		parts = ""
	}
	if s.flaw == sharesKeys {
		parts += r.Header.Get("Authorization")
	}
	if s.flaw != anyBody {
		parts += "\x00" + string(body)
	}
	return sha256.Sum256([]byte(parts))
}

func (s *shop) take(key string, sum [sha256.Size]byte) (used *slot, isNew bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ttl := keyTTL
	if s.flaw == forgets {
		ttl /= 3
	}
	used = s.keys[key]
	running := used != nil && used.response == nil
	if used != nil && time.Since(used.since) < ttl && (!running || s.flaw != noLock) {
		return used, false
	}
	used = &slot{sum: sum, since: time.Now()}
	s.keys[key] = used
	return used, true
}

func (s *shop) load(used *slot) (*stored, [sha256.Size]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if used.response == nil {
		return nil, used.sum
	}
	copied := *used.response
	return &copied, used.sum
}

func (s *shop) store(r *http.Request, key string, used *slot, response *stored) {
	s.mu.Lock()
	defer s.mu.Unlock()
	gone := r.Context().Err() != nil
	switch {
	case s.flaw == freesRefusals && response.status/100 == 4, s.flaw == stopsWithClient && gone, s.flaw == keepsNo500 && response.status == http.StatusInternalServerError:
		delete(s.keys, key)
	case s.flaw == lockedForGood && gone:
	default:
		used.response = response
	}
}

func (s *shop) forget(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.keys, key)
}

// execute executes an order, which takes its time.
func (s *shop) execute(r *http.Request, body []byte) *stored {
	if strings.Contains(string(body), "invalid") {
		return &stored{http.StatusBadRequest, []byte(`{"error":"invalid"}`)}
	}
	if s.flaw == failsFirst && strings.Contains(string(body), "fail") {
		return &stored{http.StatusInternalServerError, []byte(`{"error":"failed"}`)}
	}
	switch s.flaw {
	case works:
	case worksSlowly:
		time.Sleep(3 * time.Second)
	default:
		time.Sleep(working)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.orders++
	if strings.Contains(string(body), "fail") {
		return &stored{http.StatusInternalServerError, []byte(`{"error":"failed"}`)}
	}
	return &stored{http.StatusCreated, fmt.Appendf(nil, `{"order":{"id":%d},"path":%q}`, s.orders, r.URL.Path)}
}

func (s *shop) executed(context.Context) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.orders, nil
}

func (a *stored) send(w http.ResponseWriter) {
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

func refuse(w http.ResponseWriter, status int, reason string) {
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"error":%q}`, reason)
}

// open serves a shop in memory, and returns the target that tries all of it.
func open(t *testing.T, f flaw) (*shop, conformance.Target) {
	t.Helper()
	s := &shop{flaw: f, keys: map[string]*slot{}}
	url, client := serve(t, s)
	requests := func(path, account, body string) conformance.Requests {
		return func(n int) (*http.Request, error) {
			r, err := http.NewRequest(http.MethodPost, url+path, strings.NewReader(fmt.Sprintf(body, n)))
			if err == nil {
				r.Header.Set("Authorization", account)
			}
			return r, err
		}
	}
	return s, conformance.Target{
		Profile: profile(), Client: client, Within: keyTTL,
		Request: requests("/orders", "one", `{"n":%d}`), Second: requests("/orders", "two", `{"n":%d}`),
		Other: requests("/refunds", "one", `{"n":%d}`), Failing: requests("/orders", "one", `{"fail":%d}`),
		Refused:    requests("/orders", "one", `{"invalid":%d}`),
		ResourceID: conformance.JSONMember("order.id"), Executed: s.executed,
	}
}

// serve serves a handler in memory, and returns its URL and a client for it.
// bubbleTest is a subtest in virtual time.
func bubbleTest(f func(*testing.T)) func(*testing.T) {
	return func(t *testing.T) { synctest.Test(t, f) }
}

func run(t *testing.T, target conformance.Target) conformance.Report {
	t.Helper()
	report, err := conformance.Run(t.Context(), target)
	require.NoError(t, err)
	return report
}

func serve(t *testing.T, handler http.Handler) (string, *http.Client) {
	t.Helper()
	l := memnet.Listen()
	server := &http.Server{Handler: handler}
	var served sync.WaitGroup
	served.Go(func() { _ = server.Serve(l) })
	t.Cleanup(func() {
		require.NoError(t, server.Close())
		served.Wait()
	})
	return "http://" + l.Addr().String(), &http.Client{Transport: &http.Transport{DialContext: l.DialContext}}
}
