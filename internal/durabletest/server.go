package durabletest

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/memnet"
	"github.com/bardge/bardge-go/journal"
)

const (
	window       = 90 * time.Second
	keyHeader    = "Idempotency-Key"
	replayHeader = "Idempotent-Replayed"
)

// server executes operations, remembers their keys, and counts executions, in
// memory.
type server struct {
	f        *fixture
	listener *memnet.Listener

	mu       sync.Mutex
	answers  map[string]string // by key
	executed map[string]int    // by body
	lost     func()            // called in place of the next answer
}

func (f *fixture) serve() *server {
	s := &server{f: f, listener: memnet.Listen(), answers: map[string]string{}, executed: map[string]int{}}
	h := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	done := make(chan error)
	go func() { done <- h.Serve(s.listener) }()
	f.t.Cleanup(func() {
		require.NoError(f.t, h.Close())
		require.ErrorIs(f.t, <-done, http.ErrServerClosed)
	})
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	assert.NoError(s.f.t, err)
	answer, replayed, lost := s.execute(r.Header.Get(keyHeader), string(body))
	if lost != nil {
		lost()
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json")
	if replayed {
		w.Header().Set(replayHeader, "true")
	}
	_, err = io.WriteString(w, answer) //nolint:gosec // JSON, which no browser shows
	assert.NoError(s.f.t, err)
}

func (s *server) execute(key, body string) (answer string, replayed bool, lost func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer, replayed = s.answers[key]
	if !replayed {
		s.executed[body]++
		answer = `{"passcode":"` + key + `"}`
		s.answers[key] = answer
	}
	lost, s.lost = s.lost, nil
	return answer, replayed, lost
}

// loseNext executes the next operation, and calls instead in place of the
// response.
func (s *server) loseNext(instead func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost = instead
}

// assertExecuted compares the executions and their number.
func (s *server) assertExecuted(want map[string]int) {
	s.f.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	assert.Equal(s.f.t, want, s.executed)
}

// engine makes an engine with this journal, like another process.
func (s *server) engine(j journal.Journal, secrets ...string) *idem.Engine {
	return s.engineOf(account, j, secrets...)
}

// account is the account of the engines in most cases.
const account = "ours"

func (s *server) engineOf(account string, j journal.Journal, secrets ...string) *idem.Engine {
	c := idem.Config{
		Profile: idem.Profile{
			Vendor: "journaltest", KeyHeader: keyHeader, KeyTTL: window,
			ReplayHeader: replayHeader,
			ReplayValue:  "true",
		},
		BaseURL:   "http://" + s.listener.Addr().String(),
		Transport: &http.Transport{DialContext: s.listener.DialContext},
		Journal:   j,
		Account:   account,
	}
	for _, secret := range secrets {
		c.JournalSecrets = append(c.JournalSecrets, []byte(secret+" of sixteen bytes or more"))
	}
	e, err := idem.New(c)
	require.NoError(s.f.t, err)
	s.f.t.Cleanup(e.CloseIdleConnections)
	return e
}

var issue = idem.Operation{Name: "issue", Class: idem.Keyed, Success: []int{http.StatusOK}}

// order is a keyed operation with a ref, tried once.
func order(ref string) idem.Call {
	return idem.Call{
		Ref:    ref,
		Policy: idem.Policy{MaxAttempts: 1},
		Request: idem.Request{
			Operation: issue, Method: http.MethodPost, Path: "/passes", Body: fmt.Appendf(nil, `{"order":%q}`, ref),
		},
	}
}

func bodyOf(ref string) string { return string(order(ref).Request.Body) }
