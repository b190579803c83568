package timeline

// row draws one row: what came back, and its bar.
func (p *picture) row(n int) {
	i, y := p.shown[n], p.tops[n]
	if i < 0 {
		left := len(p.timeline.Steps) - len(p.shown) + 1
		text := count(left, "more attempt", "more attempts") + ", not shown"
		p.text(textX, y+rowH/2+4, font{size: 12.5, class: "tl-soft"}, text)
		return
	}
	r := p.rows[i]
	p.text(signX-14, y+17, font{size: 13.5, anchor: "end", class: "tl-soft"}, r.Number)
	p.sign(r.Kind, signX, y+12.5)
	p.words(i, y)
	numbers := font{size: 12.5, anchor: "end", class: "tl-text"}
	p.text(atX, y+17, numbers, r.At)
	p.text(p.columns.tookX, y+17, numbers, r.Took)
	p.text(p.columns.waitX, y+17, numbers, r.Wait)
	p.bar(n)
}

func (p *picture) words(i int, y float64) {
	r := p.rows[i]
	what := font{size: 13.5, bold: true, class: r.Kind.class()}
	if r.Kind == Moment {
		first, _ := breakLine(r.What, momentLetters)
		p.text(textX, y+17, font{size: 13.5, class: "tl-text"}, first)
	} else {
		p.text(textX, y+17, what, r.What)
	}
	for n, line := range p.reason(i) {
		p.text(textX, y+32+lineH*float64(n), font{size: 12, class: "tl-soft"}, line)
	}
}

// bar draws when a step ran, and the wait that followed.
func (p *picture) bar(n int) {
	i := p.shown[n]
	at, s := p.course.spans[i], p.timeline.Steps[i]
	y := p.tops[n] + 12.5
	x1, x2 := plotX+p.scale.at(at.from), plotX+p.scale.at(at.to)
	switch {
	case s.unplaced():
		return
	case p.rows[i].Kind == Moment || s.Untimed:
		p.sign(p.rows[i].Kind, x1, y)
		return
	}
	if s.Wait > 0 {
		next := plotX + p.scale.at(at.to+s.Wait.Seconds())
		if after := p.nextRow(n); after >= 0 {
			next = plotX + p.scale.at(p.course.spans[p.shown[after]].from)
			p.line(next, y, next, p.tops[after]+7, 1, "2 3", "tl-soft")
		}
		p.line(x2, y, max(next, x2), y, 1.5, "2 3", "tl-soft")
	}
	p.rect(x1, y-4.5, max(x2-x1, 4), 9, 2, p.rows[i].Kind.class())
}

// nextRow returns the row of the attempt that follows in the next one; -1 if it
// is not drawn there.
func (p *picture) nextRow(n int) int {
	if n+1 < len(p.shown) && p.shown[n+1] >= 0 && p.timeline.Steps[p.shown[n+1]].Number > 0 {
		return n + 1
	}
	return -1
}
