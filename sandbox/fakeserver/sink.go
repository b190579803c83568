package fakeserver

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// sink writes finished lines; a nil one writes none.
type sink struct {
	mu     sync.Mutex
	out    io.Writer
	failed error
}

func newSink(out io.Writer) *sink {
	if out == nil {
		return nil
	}
	return &sink{out: out}
}

func (s *sink) write(line *Line) {
	if s == nil {
		return
	}
	text, err := json.Marshal(line)
	if err != nil { // a line has numbers and text
		panic(fmt.Sprintf("sandbox: encode a line: %v", err))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed == nil {
		_, s.failed = s.out.Write(append(text, '\n'))
	}
}

// LedgerError returns why the writer of [WithLedgerWriter] gets no more lines;
// nil if it does.
func (c *Control) LedgerError() error {
	if c.sink == nil {
		return nil
	}
	c.sink.mu.Lock()
	defer c.sink.mu.Unlock()
	return c.sink.failed
}
