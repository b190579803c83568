package chaos

import (
	"fmt"
	"slices"
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
	n    int // counts the events of a ledger: much happens at one moment of virtual time
	at   time.Time
	side string
	what string
}

// machines is the name under which the machines' events are recorded.
const machines = "*"

func (l *Ledger) note(op, side, what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.of(op)
	l.events++
	r.events = append(r.events, event{l.events, time.Now(), side, what})
}

func keyed(key string) string {
	if key == "" {
		return " without a key"
	}
	return " under key " + key
}

// Timeline returns what happened to an operation, and to the machines
// meanwhile: a line per event, in seconds since the start.
func (l *Ledger) Timeline(op Op) string {
	verdict := l.Judge(op)
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.of(op.ID)
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): executed %d times, lies %q\n", op.ID, op.Class, len(r.executions), verdict.Lies)
	for _, e := range l.during(r.events) {
		fmt.Fprintf(&b, "  %10.3f  %-7s  %s\n", e.at.Sub(l.began).Seconds(), e.side, e.what)
	}
	return b.String()
}

func (l *Ledger) during(events []event) []event {
	all := slices.Clone(events)
	for _, e := range l.of(machines).events {
		if len(events) > 0 && e.n > events[0].n && e.n < events[len(events)-1].n {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b event) int { return a.n - b.n })
	return all
}
