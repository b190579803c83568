package fakeserver

import (
	"fmt"
	"slices"
)

// AnyResult matches every result in an [Expectation], whose own default is
// [ResultExecuted].
const AnyResult Result = "any"

// Expectation is how many lines are expected to match.
type Expectation struct {
	// Match selects the lines. An empty Result is [ResultExecuted].
	Match Match `json:"match"`
	// AtLeast is the lowest number; nil is none. Without any number it is 1.
	AtLeast *int `json:"at_least,omitempty"`
	// AtMost is the highest number; nil is none.
	AtMost *int `json:"at_most,omitempty"`
	// Exactly is the number, without the others; nil is none.
	Exactly *int `json:"exactly,omitempty"`
}

// Verdict is what the ledger proves about expectations.
type Verdict struct {
	// Met reports whether all expectations are met.
	Met bool `json:"met"`
	// Reason is why not, in a sentence; "" if they are met.
	Reason string `json:"reason"`
	// Checks are the expectations one by one.
	Checks []Check `json:"checks"`
	// Dropped is how many lines that could matter the ledger no longer has,
	// because of its limit or of a reset. It proves nothing then, and Met is
	// false.
	Dropped int `json:"dropped"`
	// Pending is how many requests still run and could match once they end.
	// Where one of them would be too many, Met is false.
	Pending int `json:"pending"`
	// Last is the number of the newest line, for the Since of what follows.
	Last uint64 `json:"last"`
}

// Check is what the ledger proves about one expectation.
type Check struct {
	// Expected describes the expectation.
	Expected string `json:"expected"`
	// Met reports whether it is met.
	Met bool `json:"met"`
	// Count is how many lines match.
	Count int `json:"count"`
	// Lines are the numbers of the lines that match, at most 10.
	Lines []uint64 `json:"lines"`
	// Pending is how many requests still run and could match once they end.
	Pending int `json:"pending"`
	// NearMisses are lines that nearly match, where too few do: at most 3, the
	// nearest first.
	NearMisses []NearMiss `json:"near_misses"`
}

// NearMiss is a line that differs from an expectation.
type NearMiss struct {
	// Line is the line.
	Line Line `json:"line"`
	// Differences are the fields in which it differs.
	Differences []Difference `json:"differences"`
}

const (
	maxLinesShown = 10
	maxNearMisses = 3
)

// Expect checks how many lines match. It fails on contradictory numbers.
func (c *Control) Expect(expected ...Expectation) (Verdict, error) {
	for i := range expected {
		if err := expected[i].check(); err != nil {
			return Verdict{}, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	v := c.verdict()
	for i := range expected {
		e := &expected[i]
		v.add(c.book.check(e.match(), e), c.book.droppedFrom(&e.Match))
	}
	return v, nil
}

// ExpectSequence checks that lines match one after the other, in order of
// arrival. Other lines may lie between.
func (c *Control) ExpectSequence(steps ...Match) Verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	v := c.verdict()
	after := uint64(0)
	for i := range steps {
		step := (&Expectation{Match: steps[i]}).match()
		dropped := c.book.droppedFrom(&step)
		step.Since = max(step.Since, after)
		check := c.book.step(step)
		v.add(check, dropped)
		if !check.Met {
			v.Reason = fmt.Sprintf("step %d: %s", i+1, v.Reason)
			break
		}
		after = check.Lines[0]
	}
	return v
}

func (c *Control) verdict() Verdict {
	return Verdict{Met: true, Checks: []Check{}, Last: c.book.last}
}

// add notes one check. The first one that is not met is the reason.
func (v *Verdict) add(check Check, dropped int) {
	v.Checks = append(v.Checks, check)
	v.Dropped, v.Pending = max(v.Dropped, dropped), max(v.Pending, check.Pending)
	switch {
	case !v.Met:
	case dropped > 0:
		v.Met = false
		v.Reason = fmt.Sprintf("the ledger has dropped %d lines in scope and proves nothing: "+
			"raise its limit, do not reset it, or count from a later line", dropped)
	case !check.Met:
		v.Met = false
		v.Reason = "expected " + check.Expected + ", " + check.found()
	}
}

// found describes what the ledger has.
func (c *Check) found() string {
	text := fmt.Sprintf("found %d", c.Count)
	if c.Pending > 0 {
		text += fmt.Sprintf(", and %d pending, of which nothing is proven before they end", c.Pending)
	}
	return text
}

func (e *Expectation) check() error {
	for _, n := range []*int{e.AtLeast, e.AtMost, e.Exactly} {
		if n != nil && *n < 0 {
			return fmt.Errorf("sandbox: an expected number is negative: %d", *n)
		}
	}
	if e.Exactly != nil && (e.AtLeast != nil || e.AtMost != nil) {
		return fmt.Errorf("sandbox: an exact number is expected without a lowest or highest one")
	}
	least, most := e.bounds()
	if most >= 0 && least > most {
		return fmt.Errorf("sandbox: at least %d and at most %d contradict each other", least, most)
	}
	return nil
}

// bounds returns the numbers that are expected; most is -1 for any.
func (e *Expectation) bounds() (least, most int) {
	if e.Exactly != nil {
		return *e.Exactly, *e.Exactly
	}
	most = -1
	if e.AtLeast == nil && e.AtMost == nil {
		return 1, most
	}
	if e.AtLeast != nil {
		least = *e.AtLeast
	}
	if e.AtMost != nil {
		most = *e.AtMost
	}
	return least, most
}

// match returns the match with its default.
func (e *Expectation) match() Match {
	m := e.Match
	switch m.Result {
	case "":
		m.Result = ResultExecuted
	case AnyResult:
		m.Result = ""
	}
	return m
}

func (b *book) check(m Match, e *Expectation) Check {
	least, most := e.bounds()
	check := b.find(&m)
	check.Expected = numberText(least, most) + " with " + m.String()
	check.Met = check.Count >= least && (most < 0 || check.Count+check.Pending <= most)
	if check.Count < least {
		check.NearMisses = b.nearMisses(&m)
	}
	return check
}

// step checks that a line matches.
func (b *book) step(m Match) Check {
	check := b.find(&m)
	check.Expected = fmt.Sprintf("a line after %d with %s", m.Since, m.String())
	check.Met = check.Count > 0
	if !check.Met {
		check.NearMisses = b.nearMisses(&m)
	}
	return check
}

func (b *book) find(m *Match) Check {
	check := Check{Lines: []uint64{}, NearMisses: []NearMiss{}}
	for _, line := range b.since(m.Since) {
		if m.mayMatch(line) {
			check.Pending++
		}
		if m.misses(line) > 0 {
			continue
		}
		check.Count++
		if len(check.Lines) < maxLinesShown {
			check.Lines = append(check.Lines, line.Line)
		}
	}
	return check
}

// nearMisses returns the lines that differ least, the newest of equals first.
// Lines that have nothing in common with the match are left out.
func (b *book) nearMisses(m *Match) []NearMiss {
	var near [matchFields][]*Line // by the number of differences
	for _, line := range slices.Backward(b.since(m.Since)) {
		if n := m.misses(line); n > 0 && n < m.fields() && len(near[n]) < maxNearMisses {
			near[n] = append(near[n], line)
		}
	}
	found := []NearMiss{}
	for _, line := range slices.Concat(near[:]...) {
		if len(found) < maxNearMisses {
			found = append(found, NearMiss{*line, m.differences(line)})
		}
	}
	return found
}

func numberText(least, most int) string {
	switch {
	case most < 0:
		return fmt.Sprintf("at least %d", least)
	case least == most:
		return fmt.Sprintf("exactly %d", least)
	case least == 0:
		return fmt.Sprintf("at most %d", most)
	default:
		return fmt.Sprintf("%d to %d", least, most)
	}
}
