package bulkcmd

import (
	"fmt"
	"strings"
	"time"

	"github.com/bardge/bardge-go/bulk"
	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
)

// noteEvery is how often a line is printed where nobody watches.
const noteEvery = 30 * time.Second

// progress shows a run: on a terminal in one line that is written anew, else
// with a line now and then.
type progress struct {
	app    *cli.App
	noted  time.Time
	paused bool
	drawn  bool
	width  int
}

func newProgress(app *cli.App) *progress { return &progress{app: app, noted: time.Now()} }

func (p *progress) update(now bulk.Progress) {
	paused := !now.PausedUntil.IsZero()
	changed := paused != p.paused
	p.paused = paused
	if p.app.StderrIsTerminal && p.app.Output != cli.FormatJSON {
		p.draw(bar(now) + " " + counts(now) + state(now))
		return
	}
	if changed || time.Since(p.noted) >= noteEvery {
		p.noted = time.Now()
		p.app.Note("%s", line(now))
	}
}

// draw writes the line over the one before.
func (p *progress) draw(text string) {
	width := len([]rune(text))
	rest := strings.Repeat(" ", max(0, p.width-width))
	_, _ = fmt.Fprint(p.app.Stderr, "\r"+text+rest) // there is nowhere to report to
	p.width, p.drawn = width, true
}

// end leaves the line.
func (p *progress) end() {
	if p.drawn {
		_, _ = fmt.Fprintln(p.app.Stderr)
	}
}

const barWidth = 20

func bar(p bulk.Progress) string {
	full := 0
	if p.Total > 0 {
		full = int(min(p.Items, p.Total) * barWidth / p.Total)
	}
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", barWidth-full) + "]"
}

// line describes the state of a run in words.
func line(p bulk.Progress) string {
	return fmt.Sprintf("%d of %d rows: %d done, %d from the journal, %d failed, %d wait, %d in doubt%s",
		p.Items, p.Total, p.Done, p.FromJournal, p.Failed, p.Waiting, p.InDoubt, state(p))
}

// counts are the rows that have ended, and why others have not, if there are
// any: short enough for a terminal.
func counts(p bulk.Progress) string {
	parts := []string{fmt.Sprintf("%d/%d", p.Items, p.Total)}
	for _, c := range []struct {
		n    int64
		word string
	}{{p.Failed, "failed"}, {p.Waiting, "wait"}, {p.InDoubt, "in doubt"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.word))
		}
	}
	return strings.Join(parts, ", ")
}

// state describes how the run goes on.
func state(p bulk.Progress) string {
	switch {
	case p.Stopping:
		return "; stopping"
	case !p.PausedUntil.IsZero():
		return "; outage, next try at " + p.PausedUntil.Format(time.TimeOnly)
	case p.Items == p.Total:
		return ""
	case p.ETA == 0:
		return fmt.Sprintf("; %.0f/s", p.Rate)
	default:
		return fmt.Sprintf("; %.0f/s, %v left", p.Rate, p.ETA)
	}
}
