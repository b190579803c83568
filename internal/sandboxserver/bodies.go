package sandboxserver

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// bodyTime is how long a client may take to send a body. A deadline of the
// whole request would also end responses that are delayed on purpose.
const bodyTime = 30 * time.Second

// inTime gives each request's body a deadline.
func inTime(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			wire := http.NewResponseController(w)
			if wire.SetReadDeadline(time.Now().Add(bodyTime)) == nil {
				r.Body = &timedBody{r.Body, wire}
			}
		}
		next.ServeHTTP(w, r)
	})
}

// timedBody lifts the deadline when it was read to its end. After any other
// error it stays: net/http reads the rest of a body, and would wait for it.
type timedBody struct {
	io.ReadCloser
	wire *http.ResponseController
}

// Read reads on.
func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		_ = b.wire.SetReadDeadline(time.Time{})
	}
	return n, err
}
