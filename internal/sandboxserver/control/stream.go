package control

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

const (
	writeTime  = 10 * time.Second // for one message
	beatTime   = 15 * time.Second // between messages that keep the connection open
	maxStreams = 64
)

// stream sends the lines of requests as they end, as server-sent events. The id
// of each is its position in that order; Last-Event-ID continues after it.
func (a *API) stream(w http.ResponseWriter, r *http.Request) {
	begin, err := a.streamParams(r)
	if err == nil && !a.enter() {
		err = &failure{
			http.StatusTooManyRequests, "too_many_streams", fmt.Sprintf("There are %d streams already.", maxStreams),
		}
	}
	if err != nil {
		failWith(w, err)
		return
	}
	defer a.leave()
	w.Header().Set("Content-Type", "text/event-stream")
	if r.Method == http.MethodHead {
		return
	}
	watch := a.control.Watch(begin.after)
	defer watch.Close()
	out := &events{w, http.NewResponseController(w)}
	defer out.end()
	// Browsers come back after a second.
	if out.send("retry: 1000\n\n") != nil ||
		a.missed(r, watch, begin) && out.send("event: missed\ndata: {}\n\n") != nil {
		return
	}
	a.relay(r, out, watch, begin.match)
}

// missed reports whether the ledger no longer has some of the lines that the
// stream begins with.
func (a *API) missed(r *http.Request, watch *fakeserver.Watch, begin beginning) bool {
	return begin.elsewhere ||
		watch.Missed && (r.Header.Get(lastEvent) != "" || a.control.Lines(begin.match, 1).Dropped > 0)
}

// relay sends lines until one side has gone, or the client is too slow.
func (a *API) relay(r *http.Request, out *events, watch *fakeserver.Watch, match fakeserver.Match) {
	beat := time.NewTicker(beatTime)
	defer beat.Stop()
	for {
		var err error
		select {
		case line, open := <-watch.Lines:
			if !open {
				return // it resumes after the last id
			}
			if match.Matches(line) {
				err = out.line(line)
			}
		case <-beat.C:
			err = out.send(":\n\n")
		case <-r.Context().Done():
			return
		case <-a.done:
			return
		}
		if err != nil {
			return
		}
	}
}

// lastEvent is the header with which a stream is continued.
const lastEvent = "Last-Event-ID"

// beginning is which lines a stream sends, and after which event. elsewhere
// means that the client's last event was another sandbox's: what it missed there
// is not known.
type beginning struct {
	match     fakeserver.Match
	after     uint64
	elsewhere bool
}

// streamParams returns where a stream begins. Without an event, it begins with
// the lines that are kept since a number; without that, too, with the next
// request that ends.
func (a *API) streamParams(r *http.Request) (begin beginning, err error) {
	read, err := readParams(r, matchParams...)
	if err == nil {
		err = checkNoBody(r)
	}
	if err != nil {
		return begin, err
	}
	match, err := read.match(a.control)
	if err != nil {
		return begin, err
	}
	begin.match = anyResult(match)
	newest := a.control.LastEvent()
	if _, since := read["since"]; !since {
		begin.after = newest
	}
	last := r.Header.Get(lastEvent)
	if last == "" {
		return begin, nil
	}
	if begin.after, err = strconv.ParseUint(last, 10, 64); err != nil {
		return begin, invalid("The Last-Event-ID is no event of this stream.")
	}
	if begin.after > newest {
		begin.after, begin.elsewhere = 0, true
	}
	return begin, nil
}

// enter admits a stream, unless there are too many.
func (a *API) enter() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.streams == maxStreams {
		return false
	}
	a.streams++
	return true
}

func (a *API) leave() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.streams--
}

// events writes server-sent events.
type events struct {
	w    http.ResponseWriter
	wire *http.ResponseController
}

func (e *events) line(line *fakeserver.Line) error {
	data, err := json.Marshal(line)
	if err != nil {
		return err
	}
	return e.send(fmt.Sprintf("id: %d\ndata: %s\n\n", line.Event(), data))
}

// send writes one message. A client that does not take it in time ends the
// stream: each message has a deadline of its own.
func (e *events) send(text string) error {
	_ = e.wire.SetWriteDeadline(time.Now().Add(writeTime)) // not every server has deadlines
	if _, err := e.w.Write([]byte(text)); err != nil {
		return err
	}
	return e.wire.Flush()
}

// end lifts the last message's deadline, for the connection's next request.
func (e *events) end() { _ = e.wire.SetWriteDeadline(time.Time{}) }
