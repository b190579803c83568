package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// writeTime is how long a browser may take for one message of a stream.
const writeTime = 10 * time.Second

// Stream sends server-sent events to one browser.
type Stream struct {
	w    http.ResponseWriter
	wire *http.ResponseController
	// LastID is the id of the last event that the browser has, if it comes back
	// after a pause; else empty.
	LastID string
}

// Event is a message of a stream.
type Event struct {
	// ID is what a browser that comes back has as its [Stream].LastID. Empty
	// leaves the last one.
	ID string
	// Name is the event's. htmx swaps in the data of events without a name, and
	// triggers those with one.
	Name string
	// Data is the event's, such as HTML. An event with neither name nor data
	// only keeps the connection open.
	Data string
}

// Stream answers with a stream, for as long as send runs. The context of send
// ends with the request and when the console ends. Without an error the stream
// is over; browsers come back after a second.
func (s *Site) Stream(w http.ResponseWriter, r *http.Request, send func(context.Context, *Stream) error) error {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.streams, cancel)()
	w.Header().Set("Content-Type", "text/event-stream")
	if r.Method == http.MethodHead {
		return nil
	}
	out := &Stream{w: w, wire: http.NewResponseController(w), LastID: r.Header.Get("Last-Event-ID")}
	// The server's own deadline is for a page. One for each message instead
	// ends the stream of a browser that has stopped reading.
	if err := out.write("retry: 1000\n\n"); err != nil {
		return nil // the browser has gone
	}
	_ = send(ctx, out) // the response has begun, so that no error can be shown
	return nil
}

// Send writes one event. The error means that the browser has gone.
func (s *Stream) Send(e Event) error {
	var text strings.Builder
	if e.ID != "" {
		fmt.Fprintf(&text, "id: %s\n", oneLine(e.ID))
	}
	if e.Name != "" {
		fmt.Fprintf(&text, "event: %s\n", oneLine(e.Name))
	}
	if e.Name != "" || e.Data != "" {
		for line := range strings.Lines(e.Data + "\n") {
			fmt.Fprintf(&text, "data: %s\n", strings.TrimRight(line, "\r\n"))
		}
	}
	if text.Len() == 0 {
		text.WriteString(":\n")
	}
	text.WriteString("\n")
	return s.write(text.String())
}

func (s *Stream) write(text string) error {
	_ = s.wire.SetWriteDeadline(time.Now().Add(writeTime)) // a test's writer has none
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.wire.Flush()
}

// oneLine leaves out what would end a field.
func oneLine(s string) string { return strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(s) }
