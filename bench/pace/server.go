package pace

import (
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// limited is a server with a token bucket.
type limited struct {
	rate, burst float64

	mu       sync.Mutex
	tokens   float64
	last     time.Time
	requests int
	rejected int
}

func (s *limited) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	admitted := s.admit(time.Now())
	time.Sleep(20*time.Millisecond + rand.N(40*time.Millisecond))
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Bardge-Request-Id", "req_1")
	if !admitted {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"error":{"type":"rate_limit_error","code":"rate_limit_exceeded","message":"Wait."}}`)
		return
	}
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, issued)
}

func (s *limited) admit(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last.IsZero() {
		s.last, s.tokens = now, s.burst
	}
	s.tokens = min(s.burst, s.tokens+s.rate*now.Sub(s.last).Seconds())
	s.last = now
	s.requests++
	if s.tokens < 1 {
		s.rejected++
		return false
	}
	s.tokens--
	return true
}

const issued = `{"object":"issued_pass","id":"brgpass_abc123","passcode":"ABC12345","status":"ACTIVE",` +
	`"categories":[],"created":1746700000000,"message":"Pass issued successfully","client_id":"client_abc123",` +
	`"transaction_id":"txn_abc123","tx_ref":"FLW-TXN-ABCDEFGH","pass_id":"pass_abc123",` +
	`"pass_name":"Premium Wellness Pass","start_date":1746700000000,"expires_at":1777636800000}`
