package idem

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// limitedServer responds to requests within a limit, and with 429 beyond it.
type limitedServer struct {
	admits  func(at time.Duration) bool // since the first request; called in turn
	asks    func() []string             // Retry-After; nil: none
	latency func() time.Duration

	mu       sync.Mutex
	first    time.Time
	last     time.Time
	requests int
	rejected int
	executed map[string]int // by key, or the path of a read
}

func newLimitedServer(admits func(time.Duration) bool) *limitedServer {
	return &limitedServer{
		admits: admits, asks: func() []string { return []string{"1"} },
		latency:  func() time.Duration { return 20*time.Millisecond + rand.N(40*time.Millisecond) },
		executed: map[string]int{},
	}
}

func (s *limitedServer) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	admitted := s.count(r)
	time.Sleep(s.latency())
	if admitted {
		says(200, `{"id":"x"}`)(rw, r)
		return
	}
	if wait := s.asks(); wait != nil {
		rw.Header()["Retry-After"] = wait
	}
	answer(rw, http.StatusTooManyRequests, errorObject)
}

func (s *limitedServer) count(r *http.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.requests == 0 {
		s.first = now
	}
	s.last = now
	s.requests++
	if !s.admits(now.Sub(s.first)) {
		s.rejected++
		return false
	}
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		key = r.URL.Path
	}
	s.executed[key]++
	return true
}

// share of the responses that were 429.
func (s *limitedServer) share() float64 { return float64(s.rejected) / float64(s.requests) }

func (s *limitedServer) took() time.Duration { return s.last.Sub(s.first) }

func (s *limitedServer) String() string {
	return fmt.Sprintf("%d requests, %d were 429 (%.2f %%), %d executed, %v",
		s.requests, s.rejected, 100*s.share(), len(s.executed), s.took().Round(100*time.Millisecond))
}

// bucket is a token bucket.
func bucket(rate, burst float64) func(time.Duration) bool {
	tokens, last := burst, time.Duration(0)
	return func(at time.Duration) bool {
		tokens = min(burst, tokens+rate*(at-last).Seconds())
		last = at
		if tokens < 1 {
			return false
		}
		tokens--
		return true
	}
}

// fixedWindow allows so many requests in each second of its clock.
func fixedWindow(rate int) func(time.Duration) bool {
	window, used := time.Duration(-1), 0
	return func(at time.Duration) bool {
		if w := at.Truncate(time.Second); w != window {
			window, used = w, 0
		}
		used++
		return used <= rate
	}
}

// callers make calls at the same time, one after the other each.
func callers(n, calls int, do func(caller, call int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			for j := range calls {
				do(i, j)
			}
		})
	}
	all.Wait()
}

// issueMany makes 5 calls by each of 400 callers, which must all be done, each
// once.
func issueMany(t *testing.T, w *world, s *limitedServer) {
	t.Helper()
	callers(400, 5, func(int, int) {
		r := w.engine.Do(t.Context(), post(Keyed))
		assert.Equal(t, OutcomeDone, r.Outcome, r.Err)
	})
	t.Log(s)
	assert.Len(t, s.executed, 2000)
	for key, n := range s.executed {
		assert.Equal(t, 1, n, key)
	}
	assert.Equal(t, s.requests, 2000+s.rejected, "a request is sent again after a 429 alone")
}
