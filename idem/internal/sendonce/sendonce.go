// Package sendonce sends one request, at most once on the wire, and returns
// what can be proven about its bytes. It knows neither keys nor journals nor
// what the request is for: a Gate decides whether its bytes may leave, and
// learns when they may have.
package sendonce

import (
	"net/http"
	"net/url"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// Session has what the attempts of all callers share: the connections, and the
// timer that finds out whether the machine has slept.
type Session struct {
	transports transports
	clock      clock.Clock
	pulse      pulse
	maxBody    int64
}

// NewSession makes a Session. An *http.Transport (nil: one like Go's default)
// is cloned, and tracks its connections; any other RoundTripper is used as it
// is. Bodies of more than maxBody bytes are not read to their end.
func NewSession(transport http.RoundTripper, clocks clock.Clock, maxBody int64) *Session {
	return &Session{
		transports: newTransports(transport),
		clock:      clocks,
		pulse:      pulse{clock: clocks, under: map[*alarm]struct{}{}},
		maxBody:    maxBody,
	}
}

// CloseIdleConnections closes the idle tracked connections.
func (s *Session) CloseIdleConnections() {
	if s.transports.idle != nil {
		s.transports.idle()
	}
}

// Close closes the idle tracked connections, and stops the timer unless an
// attempt is under way. The Session may be used on.
func (s *Session) Close() {
	s.pulse.rest()
	s.CloseIdleConnections()
}

// UnsolicitedResponse reports, once, that a response without a request came
// (R30).
func (s *Session) UnsolicitedResponse() bool {
	news := &s.transports.distrust.news
	return news.Load() && news.Swap(false)
}

// Gate decides when the bytes of a caller's requests may leave. Its methods are
// called on any goroutine, also after Send has returned.
type Gate interface {
	// Begin notes that a byte may leave from now on. It is called at most once
	// for an attempt, before its first byte, and not after Send has returned.
	Begin(now clock.Timestamp)
	// Late notes that a byte may have left after Send returned.
	Late(now clock.Timestamp)
	// Check returns ErrTooLate if no more bytes may leave. It reads the clock
	// with read, if at all: Sure where the bytes leave, and Now where they are
	// only handed to a transport, which may check several times.
	Check(read func(clock.Clock) clock.Timestamp) error
	// Only reports whether no other request that may have left can have been
	// executed.
	Only() bool
}

// Request is what is sent.
type Request struct {
	Method string
	URL    *url.URL
	// Header is sent as it is. It holds the body's type, and not its length.
	Header http.Header
	// Body is sent byte for byte; empty is none.
	Body []byte
	// ReadOnly: the request changes nothing at the server. Redirects within its
	// origin are followed (R20), and it may share a connection that others do
	// not (R30).
	ReadOnly bool
	// NewConn: a connection of its own is needed.
	NewConn bool
}
