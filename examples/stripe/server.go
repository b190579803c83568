package main

import (
	"fmt"
	"net/http"
	"sync"
)

// server accepts charges as Stripe does: it executes a key's first request,
// stores the response, and replays it.
type server struct {
	mu       sync.Mutex
	losing   int               // of the coming responses
	requests int               // of the last charge
	stored   map[string]string // the responses, by key
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	key := r.Header.Get("Idempotency-Key")
	response, replayed := s.stored[key]
	if !replayed {
		const charge = `{"id":"ch_%d","object":"charge","amount":%s,"currency":%q,"status":"succeeded"}`
		response = fmt.Sprintf(charge, len(s.stored)+1, r.FormValue("amount"), r.FormValue("currency"))
		s.stored[key] = response
	}
	if s.losing > 0 {
		s.losing--
		panic(http.ErrAbortHandler) // the connection ends without a response
	}
	w.Header().Set("Content-Type", "application/json")
	if replayed {
		w.Header().Set("Idempotent-Replayed", "true")
	}
	_, _ = fmt.Fprint(w, response) // who left asks again
}

// lose loses the next n responses.
func (s *server) lose(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.losing, s.requests = n, 0
}

// counts returns how many requests the last charge took, and how many charges
// were executed since the server started.
func (s *server) counts() (requests, executed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests, len(s.stored)
}
