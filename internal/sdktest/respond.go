package sdktest

import (
	"io"
	"net/http"
)

// Respond responds with a JSON body, or without a body, and with these headers:
// names and values in turn.
func Respond(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if body != "" {
			w.Header().Set("Content-Type", "application/json")
		}
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // to a client that may be gone
	}
}

// Lose ends the connection without a response.
func Lose(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// Cut ends the connection amid the response.
func Cut(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		Respond(status, `{"id":"booking_1","session_id":"s1","sta`, "Content-Length", "1000")(w, r)
		_ = http.NewResponseController(w).Flush() // what was written
		Lose(w, r)
	}
}

// Hang responds when the client has gone.
func Hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
