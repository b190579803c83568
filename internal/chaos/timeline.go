package chaos

import (
	"fmt"
	"strings"
	"time"
)

// The sides at which events happen.
const (
	sideClient  = "client"
	sideNetwork = "network"
	sideServer  = "server"
)

// event is a line of a timeline.
type event struct {
	at   time.Time
	side string
	what string
}

func (l *Ledger) note(op, side, what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.of(op)
	r.events = append(r.events, event{time.Now(), side, what})
}

func keyed(key string) string {
	if key == "" {
		return " without a key"
	}
	return " under key " + key
}

// Timeline tells what happened to an operation, a line per event, in seconds since the world began.
func (l *Ledger) Timeline(op Op) string {
	verdict := l.Judge(op)
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.of(op.ID)
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): executed %d times, lies %q\n", op.ID, op.Class, len(r.executions), verdict.Lies)
	for _, e := range r.events {
		fmt.Fprintf(&b, "  %10.3f  %-7s  %s\n", e.at.Sub(l.began).Seconds(), e.side, e.what)
	}
	return b.String()
}
