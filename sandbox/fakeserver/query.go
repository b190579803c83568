package fakeserver

// Page is a part of the ledger.
type Page struct {
	// Lines are those that match, in order of arrival.
	Lines []Line `json:"lines"`
	// Next is [Match].Since for the next page.
	Next uint64 `json:"next"`
	// More reports whether lines that match follow already.
	More bool `json:"more"`
	// Last is the number of the newest line, whether it matches or not.
	Last uint64 `json:"last"`
	// Dropped is how many lines of the accounts and operations that match the
	// ledger no longer has, because of its limit or of a reset; 0 if none of
	// them came after [Match].Since.
	Dropped int `json:"dropped"`
}

// Lines returns lines that match, those after [Match].Since first, and at most
// limit of them; 0 is no limit.
func (c *Control) Lines(match Match, limit int) Page {
	c.mu.Lock()
	defer c.mu.Unlock()
	page := Page{Lines: []Line{}, Last: c.book.last, Next: c.book.last, Dropped: c.book.droppedFrom(&match)}
	for _, line := range c.book.since(match.Since) {
		if match.misses(line) > 0 {
			continue
		}
		if limit > 0 && len(page.Lines) == limit {
			page.More, page.Next = true, page.Lines[limit-1].Line
			break
		}
		page.Lines = append(page.Lines, *line)
	}
	page.Next = max(page.Next, match.Since)
	return page
}

// since returns the lines after a number.
func (b *book) since(number uint64) []*Line {
	if len(b.lines) == 0 {
		return nil
	}
	first := b.lines[0].Line
	if number < first {
		return b.lines
	}
	return b.lines[min(number-first+1, uint64(len(b.lines))):]
}

// droppedFrom returns how many lines of a match's scope are no longer kept; 0
// if none of them came after its Since. Without a Since, the scope begins with
// the last reset.
func (b *book) droppedFrom(match *Match) int {
	if match.Since == 0 {
		return b.dropped(match).lines
	}
	return b.dropped(match).and(b.reset(match)).since(match.Since)
}

// dropped returns which lines of a match's scope the limit removed.
func (b *book) dropped(match *Match) (all lost) {
	for of, t := range b.counts {
		if match.covers(of) {
			all = all.and(t.dropped)
		}
	}
	return all
}

// reset returns which lines of a match's scope resets removed.
func (b *book) reset(match *Match) (all lost) {
	for of, removed := range b.resets {
		if match.covers(of) {
			all = all.and(removed)
		}
	}
	return all
}

// Removed returns how many lines of a match's account and operation resets have
// removed, since the server was started. An expectation without a Since covers
// only what came after the last reset.
func (c *Control) Removed(match Match) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.book.reset(&match).lines
}

// Count returns how many lines match, by result. Unlike [Control.Counts] it
// counts the lines that the ledger still has; dropped is as in [Page].
func (c *Control) Count(match Match) (n Count, dropped int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	results := tally{results: map[Result]int{}}
	for _, line := range c.book.since(match.Since) {
		if match.misses(line) == 0 {
			results.results[line.Result]++
		}
	}
	return results.count(scope{match.Account, match.Operation}), c.book.droppedFrom(&match)
}

// Ledger returns the result of each request so far, as [Server.Ledger] does.
func (c *Control) Ledger() Ledger[string] { return ledger[string](c) }

func ledger[Op ~string](c *Control) Ledger[Op] {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make(Ledger[Op], 0, len(c.book.lines))
	for _, line := range c.book.lines {
		all = append(all, entry[Op](line))
	}
	return all
}
