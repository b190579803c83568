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
		p.draw(bar(now) + "  " + line(now))
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
	_, _ = fmt.Fprint(p.app.Stderr, "\r"+text+strings.Repeat(" ", max(0, p.width-width))) // there is nowhere to report to
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

// line describes the state of a run.
func line(p bulk.Progress) string {
	text := fmt.Sprintf("%d of %d rows: %d done, %d from the journal, %d failed, %d wait, %d in doubt",
		p.Items, p.Total, p.Done, p.FromJournal, p.Failed, p.Waiting, p.InDoubt)
	switch {
	case p.Stopping:
		return text + "; stopping"
	case !p.PausedUntil.IsZero():
		return text + "; outage: the next try is at " + p.PausedUntil.Format(time.TimeOnly)
	case p.Items < p.Total:
		text += fmt.Sprintf("; %.0f/s", p.Rate)
		if p.ETA > 0 {
			text += ", " + p.ETA.String() + " left"
		}
	}
	return text
}
