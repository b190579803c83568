package timeline

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Row is a step in words. The rows are a picture's text alternative.
type Row struct {
	// Number is the attempt's; "" for another moment.
	Number string
	// What came back, such as "replayed 200"; of another moment, what happened.
	What string
	// Why is the reason in words.
	Why string
	// At is when it began, as the time since the first step, "+1.25 s"; "" if it
	// is unknown.
	At string
	// Time is when it began by the wall clock, in UTC; "" if it is unknown.
	Time string
	// Took is how long it ran; "" if it did not, or it is unknown.
	Took string
	// Wait is the wait that followed; "" if there was none.
	Wait string
	// Kind is what came back.
	Kind Kind
}

// Rows returns the steps in words, in their order.
func (t Timeline) Rows() []Row {
	course := t.course()
	rows := make([]Row, len(t.Steps))
	for i, s := range t.Steps {
		rows[i] = s.row(course.spans[i])
	}
	return rows
}

func (s Step) row(at span) Row {
	r := Row{Kind: s.Kind.known()}
	if s.Number > 0 {
		r.Number = strconv.Itoa(s.Number)
	}
	r.What, r.Why = s.words()
	if !s.unplaced() {
		r.At = since(at.from)
	}
	if !s.Start.IsZero() {
		r.Time = clock(s.Start)
	}
	if s.Kind != Moment && !s.Untimed {
		r.Took = length(at.to - at.from)
	}
	if s.Wait > 0 {
		r.Wait = length(s.Wait.Seconds())
	}
	return r
}

// unplaced reports whether nothing is known of when it was.
func (s Step) unplaced() bool { return s.Untimed && s.Start.IsZero() }

// words returns what came back, and why.
func (s Step) words() (what, why string) {
	if s.Kind == Moment {
		return clean(s.Detail), ""
	}
	what = s.Kind.String()
	switch {
	case s.Status != 0:
		what += " " + strconv.Itoa(s.Status)
	case s.Kind == Lost: // the request may never have been read
		what = "no response"
	}
	return what, clean(s.Detail)
}

// describe returns the rows as sentences.
func (t Timeline) describe() string {
	var b strings.Builder
	for i, r := range t.Rows() {
		if i == maxRows {
			fmt.Fprintf(&b, "%d more. ", len(t.Steps)-i)
			break
		}
		var head []string
		if r.Number != "" {
			head = append(head, "Attempt "+r.Number)
		}
		if r.At != "" {
			head = append(head, "at "+r.At)
		}
		b.WriteString(strings.Join(head, " ") + ": " + r.What)
		for _, part := range [][2]string{{"", r.Why}, {"took ", r.Took}, {"then waited ", r.Wait}} {
			if part[1] != "" {
				b.WriteString(", " + part[0] + part[1])
			}
		}
		b.WriteString(". ")
	}
	for _, note := range t.footnotes() {
		b.WriteString(sentence(note.text) + " ")
	}
	return strings.TrimSpace(b.String())
}

func sentence(text string) string {
	if text == "" || strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}

// clock returns a moment as people read it in a ticket, in UTC.
func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000") + " UTC" }

// since returns a time from the first step in words.
func since(seconds float64) string {
	switch {
	case seconds == 0:
		return "0"
	case seconds < 0:
		return "\u2212" + length(-seconds)
	default:
		return "+" + length(seconds)
	}
}

const (
	minute = 60.0
	hour   = 60 * minute
	day    = 24 * hour
)

// length returns a length of time, in seconds, in at most two units.
func length(seconds float64) string {
	switch {
	case seconds < 1e-3:
		if seconds <= 0 {
			return "0 ms"
		}
		return "<1 ms"
	case seconds < 0.9995:
		return decimal(seconds*1e3, 0) + " ms"
	case seconds < 9.995:
		return decimal(seconds, 2) + " s"
	case seconds < 100:
		return decimal(seconds, 1) + " s"
	case seconds < hour:
		return units(seconds, minute, "min", 1, "s")
	case seconds < 2*day:
		return units(seconds, hour, "h", minute, "min")
	case seconds < 100*365*day:
		return units(seconds, day, "d", hour, "h")
	default:
		return "over 100 years"
	}
}

func units(seconds, large float64, name string, small float64, rest string) string {
	whole := math.Round(seconds / small)
	n := math.Floor(whole * small / large)
	text := decimal(n, 0) + " " + name
	if left := whole - n*large/small; left > 0 {
		text += " " + decimal(left, 0) + " " + rest
	}
	return text
}

// decimal returns a number with at most these digits behind the point.
func decimal(x float64, digits int) string {
	text := strconv.FormatFloat(x, 'f', digits, 64)
	if digits > 0 {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}
