package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
)

// server accepts charges as Stripe does: it executes a key's first request,
// stores the response, and replays it.
type server struct {
	mu       sync.Mutex
	losing   int               // of the coming responses
	requests int               // since losing was set
	stored   map[string]charge // the responses, by key
}

type charge struct {
	ID       string `json:"id"`
	Object   string `json:"object"`
	Amount   int    `json:"amount"`
	Currency string `json:"currency"`
	Status   string `json:"status"`
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	amount, err := strconv.Atoi(r.FormValue("amount"))
	if err != nil {
		http.Error(w, "no amount", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	key := r.Header.Get("Idempotency-Key")
	made, replayed := s.stored[key]
	if !replayed {
		made = charge{
			ID: fmt.Sprintf("ch_%d", len(s.stored)+1), Object: "charge", Status: "succeeded",
			Amount: amount, Currency: r.FormValue("currency"),
		}
		s.stored[key] = made
	}
	if s.losing > 0 {
		s.losing--
		panic(http.ErrAbortHandler) // the connection ends without a response
	}
	w.Header().Set("Content-Type", "application/json")
	if replayed {
		w.Header().Set("Idempotent-Replayed", "true")
	}
	if err := json.NewEncoder(w).Encode(made); err != nil {
		panic(http.ErrAbortHandler) // the client has left
	}
}

// lose loses the next n responses.
func (s *server) lose(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.losing, s.requests = n, 0
}

// counts returns how many requests came since lose was called, and how many
// charges were executed since the server started.
func (s *server) counts() (requests, executed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests, len(s.stored)
}
