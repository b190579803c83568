package fakeserver

import (
	"cmp"
	"slices"
)

// watchBuffer is how many lines a watcher may be behind.
const watchBuffer = 256

// Watch receives lines as their requests end. Make one with [Control.Watch].
type Watch struct {
	// Lines delivers each line; receivers must not change it. It is closed by
	// [Watch.Close], when the server closes, and when the receiver falls 256
	// lines behind. Resume then after the last event.
	Lines <-chan *Line
	// Missed reports whether some of the lines after the given event are no
	// longer in the ledger.
	Missed bool

	control *Control
	lines   chan *Line
}

// Watch delivers the lines that ended after an event: those that the ledger
// still has, and then new ones. 0 begins with the first; [Control.LastEvent]
// with the next one. The caller closes the watch.
func (c *Control) Watch(after uint64) *Watch {
	c.mu.Lock()
	defer c.mu.Unlock()
	var past []*Line
	for _, line := range c.book.lines {
		if line.event > after {
			past = append(past, line)
		}
	}
	slices.SortFunc(past, func(a, b *Line) int { return cmp.Compare(a.event, b.event) })
	lines := make(chan *Line, len(past)+watchBuffer)
	for _, line := range past {
		lines <- line
	}
	w := &Watch{Lines: lines, Missed: c.book.gap > after, control: c, lines: lines}
	if c.book.closed {
		close(lines)
	} else {
		c.book.watches[w] = struct{}{}
	}
	return w
}

// LastEvent returns the event of the request that ended last; 0 if none has.
func (c *Control) LastEvent() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.book.ended
}

// LastLine returns the number of the line of the newest request; 0 if none has
// come.
func (c *Control) LastLine() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.book.last
}

// Close ends the watch. A second Close does nothing.
func (w *Watch) Close() {
	w.control.mu.Lock()
	defer w.control.mu.Unlock()
	w.end()
}

// offer delivers a line or, if the receiver is too slow, ends the watch.
func (w *Watch) offer(line *Line) {
	select {
	case w.lines <- line:
	default:
		w.end()
	}
}

func (w *Watch) end() {
	if _, open := w.control.book.watches[w]; open {
		delete(w.control.book.watches, w)
		close(w.lines)
	}
}

// close ends all watches.
func (b *book) close() {
	b.closed = true
	for w := range b.watches {
		w.end()
	}
}
