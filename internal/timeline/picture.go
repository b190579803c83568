package timeline

import (
	"slices"
	"strings"
)

// The picture's columns and lines, in pixels. At this width a ticket shows it
// as it is, and its text stays legible.
const (
	width   = 860.0
	margin  = 24.0
	signX   = 52.0 // the middle of a sign
	textX   = 66.0
	textW   = 214.0
	atX     = 352.0 // the right end of a column, as of those below
	plotX   = 368.0
	rightX  = width - margin
	tookW   = 70.0 // of a column at the right of the plot, where it has data
	waitW   = 76.0
	edgeY   = 79.0 // of the words at the ends of the axis and of the window
	headY   = 96.0 // of the columns' heads
	rowsY   = 110.0
	rowH    = 38.0
	lineH   = 15.0 // of a second line of a reason
	textH   = 18.0 // of a line below the rows
	maxRows = 60   // more are left out of the middle
	lastOf  = 15   // rows that are then shown of the end
)

// SVG returns the picture as a file: it has a background, and follows the
// reader's choice of light or dark. Equal timelines give equal bytes.
func (t Timeline) SVG() string { return t.draw("timeline", true) }

// Inline returns the picture for a page that has the rules of [CSS]: without a
// background, and without any style that a strict policy blocks. The id is the
// picture's in the page.
func (t Timeline) Inline(id string) string { return t.draw(id, false) }

// picture is a drawing in progress.
type picture struct {
	canvas

	timeline Timeline
	course   course
	scale    scale
	columns  columns
	rows     []Row
	shown    []int // steps with a row, in order; -1 is a row for those left out
	tops     []float64
	bottom   float64 // of the rows
}

func (t Timeline) draw(id string, file bool) string {
	p := &picture{timeline: t, course: t.course(), rows: t.Rows(), shown: shownRows(len(t.Steps))}
	p.columns = newColumns(p.rows)
	p.scale = newScale(p.course, p.columns.plotW)
	p.place()
	footer := t.footer()
	height := p.bottom + 22 + textH*float64(len(footer)) + 8
	p.opening(id, width, height, t.title(), t.describe())
	if file {
		p.add("<style>\n", CSS(), "</style>\n")
		p.rect(0, 0, width, height, 8, "tl-paper")
	}
	p.header()
	if len(p.shown) > 0 {
		p.window()
		p.axis()
	}
	for i := range p.shown {
		p.row(i)
	}
	p.footer(footer)
	p.add("</svg>\n")
	return p.String()
}

// columns are the plot and what is at its right.
type columns struct {
	plotW        float64
	tookX, waitX float64 // right ends; 0: the column has no data and is left out
}

// newColumns gives the plot the room of columns without data.
func newColumns(rows []Row) (c columns) {
	right := rightX
	if slices.ContainsFunc(rows, func(r Row) bool { return r.Wait != "" }) {
		c.waitX = right
		right -= waitW
	}
	if slices.ContainsFunc(rows, func(r Row) bool { return r.Took != "" }) {
		c.tookX = right
		right -= tookW
	}
	if right == rightX {
		right -= goesOn + 8
	}
	c.plotW = right - plotX
	return c
}

// goesOn is how far the band of a window that goes on is wider than the plot.
const goesOn = 8.0

func (t Timeline) title() string {
	title := t.Title + ": " + t.Outcome.Word
	if n := t.attempts(); n > 0 {
		title += " after " + count(n, "attempt", "attempts")
	}
	return title
}

// attempts returns how many there were. A journal need not know each of them.
func (t Timeline) attempts() int {
	n := 0
	for _, s := range t.Steps {
		n = max(n, s.Number)
	}
	return n
}

// timed reports whether it is known when each attempt ran, and nothing else
// happened.
func (t Timeline) timed() bool {
	return !slices.ContainsFunc(t.Steps, func(s Step) bool { return s.Number == 0 || s.Untimed })
}

// shownRows returns the steps that have a row.
func shownRows(n int) []int {
	var shown []int
	for i := range n {
		switch {
		case n <= maxRows || i < maxRows-lastOf-1 || i >= n-lastOf:
			shown = append(shown, i)
		case i == n-lastOf-1:
			shown = append(shown, -1)
		}
	}
	return shown
}

// place gives each row its top.
func (p *picture) place() {
	y := rowsY
	if len(p.shown) == 0 {
		y = headY - 22
	}
	for _, i := range p.shown {
		p.tops = append(p.tops, y)
		y += rowH
		if i >= 0 && len(p.reason(i)) > 1 {
			y += lineH
		}
	}
	p.bottom = y
}

// reason returns the lines of a row's small print.
func (p *picture) reason(i int) []string {
	why := p.rows[i].Why
	if p.rows[i].Kind == Moment {
		_, why = breakLine(p.rows[i].What, momentLetters)
	}
	return wrap(why, textW, 12, 2)
}

// momentLetters is how much of a moment's text its first line holds.
const momentLetters = 30

func (p *picture) header() {
	t := p.timeline
	p.text(margin, 36, font{size: 19, bold: true, class: "tl-text"}, cutText(clean(t.Title), 560, 19))
	class := t.Outcome.Kind.class()
	p.text(rightX-18, 36, font{size: 17, bold: true, anchor: "end", class: class}, clean(t.Outcome.Word))
	p.sign(t.Outcome.Kind, rightX-6, 30.5)
	p.text(margin, 58, font{size: 12.5, class: "tl-soft"}, cutText(p.subtitle(), width-2*margin, 12.5))
}

func (p *picture) subtitle() string {
	var parts []string
	t := p.timeline
	if subject := clean(t.Subject); subject != "" {
		parts = append(parts, subject)
	}
	if n := t.attempts(); n > 0 {
		text := count(n, "attempt", "attempts")
		if t.timed() {
			text += " in " + length(p.course.end()-p.course.start())
		}
		parts = append(parts, text)
	}
	if !p.course.begin.IsZero() {
		parts = append(parts, "from "+clock(p.course.begin))
	}
	return strings.Join(parts, "  ·  ")
}

// axis draws the heads of the columns, the ticks and their lines.
func (p *picture) axis() {
	head := font{size: 11.5, class: "tl-soft"}
	right := font{size: 11.5, anchor: "end", class: "tl-soft"}
	p.text(margin, headY, head, "attempt")
	p.text(atX, headY, right, "began at")
	if x := p.columns.tookX; x > 0 {
		p.text(x, headY, right, "took")
	}
	if x := p.columns.waitX; x > 0 {
		p.text(x, headY, right, "then waited")
	}
	for _, k := range p.scale.ticks() {
		x := plotX + k.x
		f := font{size: 11.5, anchor: "middle", class: "tl-soft"}
		if k.line {
			p.line(x, rowsY-8, x, p.bottom, 1, "", "tl-grid")
		} else {
			p.cut(x)
		}
		p.text(x, headY, f, k.text)
	}
	p.line(margin, rowsY-8, rightX, rowsY-8, 1, "", "tl-grid")
	p.line(margin, p.bottom, rightX, p.bottom, 1, "", "tl-grid")
	p.ends()
}

// ends names the end of the window and, where it goes past that, of the axis.
func (p *picture) ends() {
	c, room := p.course, rightX
	if c.until > c.end() && c.until > c.window.to {
		x := plotX + p.scale.at(c.until)
		p.line(x, rowsY-8, x, p.bottom, 1.5, "", "tl-soft")
		room = p.endWord(x, room, "now, "+since(c.until)) - 8
	}
	if w := c.window; w.to > w.from && w.to > c.start() && w.to <= c.last() {
		x := plotX + p.scale.at(w.to)
		p.line(x, rowsY-8, x, p.bottom, 1.5, "", "tl-edge")
		p.endWord(x, room, "key ends, "+since(w.to))
	}
}

// endWord writes a word around x, left of room where that is nearer, and returns
// where it begins.
func (p *picture) endWord(x, room float64, text string) float64 {
	long := textWidth(text, 11.5)
	right := min(x+long/2, room)
	p.text(right, edgeY, font{size: 11.5, anchor: "end", class: "tl-soft"}, text)
	return right - long
}

// cut draws where the axis is interrupted.
func (p *picture) cut(x float64) {
	p.line(x-4, rowsY-8, x-4, p.bottom, 1, "3 4", "tl-soft")
	p.line(x+4, rowsY-8, x+4, p.bottom, 1, "3 4", "tl-soft")
}

// window draws the key's window as a band behind the rows.
func (p *picture) window() {
	w := p.course.window
	from, to := max(w.from, p.course.start()), min(w.to, p.course.last())
	if to < from || w.from == w.to {
		return
	}
	x1, x2 := plotX+p.scale.at(from), plotX+p.scale.at(to)
	if w.to > p.course.last() {
		x2 = plotX + p.columns.plotW + goesOn
	}
	p.rect(x1, rowsY-8, x2-x1, p.bottom-rowsY+8, 0, "tl-window")
	if w.from >= p.course.start() {
		p.line(x1, rowsY-8, x1, p.bottom, 1.5, "", "tl-edge")
	}
}
