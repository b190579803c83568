package timeline

// mark is what a line below the rows has at its left.
type mark uint8

const (
	noMark mark = iota
	outcomeMark
	windowMark
)

// footnote is a line below the rows.
type footnote struct {
	text string
	mark mark
}

// footnotes are the outcome, the key's window, and what else is to be known.
func (t Timeline) footnotes() []footnote {
	var notes []footnote
	if t.Outcome.Text != "" {
		notes = append(notes, footnote{clean(t.Outcome.Text), outcomeMark})
	}
	if w := t.Window; w.End.After(w.Start) {
		text := clean(w.Text) + " until " + clock(w.End) + ", " + length(w.End.Sub(w.Start).Seconds()) + " in all."
		notes = append(notes, footnote{text, windowMark})
	}
	for _, note := range t.Notes {
		notes = append(notes, footnote{text: clean(note)})
	}
	if t.course().back {
		notes = append(notes, footnote{text: "The wall clock was set back meanwhile."})
	}
	return notes
}

// footer returns the footnotes in lines that fit.
func (t Timeline) footer() []footnote {
	var lines []footnote
	for _, note := range t.footnotes() {
		for n, text := range wrap(note.text, width-2*margin-22, 13, 3) {
			if n > 0 {
				note.mark = noMark
			}
			lines = append(lines, footnote{text, note.mark})
		}
	}
	return lines
}

func (p *picture) footer(lines []footnote) {
	y := p.bottom + 26
	for _, l := range lines {
		switch l.mark {
		case outcomeMark:
			p.sign(p.timeline.Outcome.Kind, margin+6, y-4.5)
		case windowMark:
			p.rect(margin, y-10, 12, 11, 0, "tl-window")
			p.line(margin, y-10, margin, y+1, 1.5, "", "tl-edge")
			p.line(margin+12, y-10, margin+12, y+1, 1.5, "", "tl-edge")
		}
		p.text(margin+22, y, font{size: 13, class: "tl-text"}, l.text)
		y += textH
	}
}
