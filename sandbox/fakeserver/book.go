package fakeserver

import "time"

// book is the ledger of a running server: its lines, how many there were of
// each result, and who watches. [Control] guards it.
type book struct {
	limit int     // of lines kept; 0: all are
	lines []*Line // the oldest first, without gaps
	last  uint64  // number of the newest line
	ended uint64  // events so far

	counts map[scope]*tally
	names  map[scopedKey]*keyName
	named  map[string]int // keys, by account
	gap    uint64         // event of the newest line that was dropped
	resets map[scope]lost // lines that resets removed

	watches map[*Watch]struct{}
	closed  bool // no more watches
}

// scope is what counters are kept for.
type scope struct{ account, operation string }

// tally counts the lines of a scope, those that are no longer kept included.
type tally struct {
	results map[Result]int
	newest  uint64 // number of the newest line

	dropped lost // lines that are no longer kept
}

// lost is how many lines have gone, and the number of the newest of them.
type lost struct {
	lines  int
	newest uint64
}

func (l lost) and(more lost) lost { return lost{l.lines + more.lines, max(l.newest, more.newest)} }

// since returns how many lines have gone; 0 if none of them came after a
// number.
func (l lost) since(number uint64) int {
	if l.newest <= number {
		return 0
	}
	return l.lines
}

// keyName is what the server knows of a key besides its response.
type keyName struct {
	name  string
	seen  bool // the next request's fault header is ignored
	sent  int  // requests with the key
	lines int  // in the ledger
}

func newBook(limit int) *book {
	b := &book{limit: limit, watches: map[*Watch]struct{}{}, resets: map[scope]lost{}}
	b.clear()
	return b
}

// clear forgets all lines, but not that there were some. Their numbers go on.
func (b *book) clear() {
	for of, t := range b.counts {
		b.resets[of] = b.resets[of].and(lost{t.lines(), t.newest})
	}
	b.lines = nil
	b.counts, b.names, b.named = map[scope]*tally{}, map[scopedKey]*keyName{}, map[string]int{}
	b.gap = 0
}

// open adds a line and, if that is one too many, drops the oldest.
func (b *book) open(line *Line) {
	b.last++
	line.Line = b.last
	line.tally = b.tally(scope{line.Account, line.Operation})
	line.tally.results[line.Result]++
	line.tally.newest = line.Line
	b.lines = append(b.lines, line)
	if b.limit > 0 && len(b.lines) > b.limit {
		b.drop()
	}
}

func (b *book) tally(of scope) *tally {
	t := b.counts[of]
	if t == nil {
		t = &tally{results: map[Result]int{}}
		b.counts[of] = t
	}
	return t
}

// lines returns how many there were.
func (t *tally) lines() int {
	n := 0
	for _, lines := range t.results {
		n += lines
	}
	return n
}

// name names the key of a new line, and returns what is known of it; nil if the
// line has none.
func (b *book) name(line *Line) *keyName {
	if line.Key == "" {
		return nil
	}
	key := scopedKey{line.Account, line.Key}
	known := b.names[key]
	if known == nil {
		b.named[line.Account]++
		known = &keyName{name: numbered("key", b.named[line.Account])}
		b.names[key] = known
	}
	known.sent++
	known.lines++
	line.KeyName, line.Attempt, line.known = known.name, known.sent, known
	return known
}

// drop forgets the oldest line, and its key if no other line has it.
func (b *book) drop() {
	oldest := b.lines[0]
	b.lines[0] = nil
	b.lines = b.lines[1:]
	oldest.tally.dropped = oldest.tally.dropped.and(lost{1, oldest.Line})
	b.gap = max(b.gap, oldest.event)
	if oldest.known == nil {
		return
	}
	oldest.known.lines--
	if oldest.known.lines == 0 {
		delete(b.names, scopedKey{oldest.Account, oldest.Key})
	}
}

// set changes a line's result, and its counter.
func (*book) set(line *Line, result Result) {
	line.tally.results[line.Result]--
	line.tally.results[result]++
	line.Result = result
}

// finish ends a line. It does not change any more, so that it may be shared.
func (b *book) finish(line *Line, result Result, took time.Duration) {
	b.set(line, result)
	line.DurationMS = float64(took) / float64(time.Millisecond)
	b.ended++
	line.event = b.ended
	if len(b.lines) == 0 || line.Line < b.lines[0].Line {
		b.gap = line.event
	}
	for w := range b.watches {
		w.offer(line)
	}
}
