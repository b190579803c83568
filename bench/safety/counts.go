package safety

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/chaos"
)

// Counts are the figures of a client's days, by the ledger.
type Counts struct {
	Operations int             `json:"operations"`      // the passes that were to be issued
	Success    int             `json:"success"`         // issued once, and reported as issued
	Failed     int             `json:"failed"`          // not issued, and reported as not issued
	Unknown    int             `json:"unknown"`         // the calls that claimed nothing about their pass
	Duplicates int             `json:"duplicates"`      // the passes issued beyond the first of an operation
	Lies       int             `json:"lies"`            // the calls that reported the opposite of the truth
	LiesBy     map[int]int     `json:"lies_by"`         // by the failure's status; 0: a pass never issued
	Requests   int             `json:"requests"`        // how many left the client
	Keyless    int             `json:"keyless"`         // the unknown ones in whose error idem.KeyOf finds no key
	Reasons    map[Reason]Fate `json:"reasons"`         // why the unknown ones are unknown
	Kinds      map[Kind]Ends   `json:"kinds,omitempty"` // the results by kind; nil if there is one kind

	took     []time.Duration
	resolved []time.Duration // from the call's end to the doubt's
}

// Fate counts the unknown passes that had been issued, and those that had not.
type Fate struct {
	Issued    int `json:"issued"`
	NotIssued int `json:"not_issued"`
}

// Ends counts the results of a kind's operations: the successes by how their
// callers learned of them, and the others.
type Ends struct {
	ByCall    int  `json:"by_call"`
	ByAsking  int  `json:"by_asking"`
	ByReading int  `json:"by_reading"`
	Failed    int  `json:"failed"`
	Unknown   Fate `json:"unknown"`
	Wrong     int  `json:"wrong"` // the operations with duplicates or lies
}

// Rate returns the share of true success in percent.
func (e Ends) Rate() float64 {
	success := e.ByCall + e.ByAsking + e.ByReading
	all := success + e.Failed + e.Unknown.Issued + e.Unknown.NotIssued + e.Wrong
	return 100 * float64(success) / float64(max(all, 1))
}

func NewCounts() *Counts { return &Counts{LiesBy: map[int]int{}, Reasons: map[Reason]Fate{}} }

func (t *Counts) Add(d *Day) {
	for _, c := range d.calls {
		late := d.recovery.of(c.op.ID)
		end := t.count(d.sim.Ledger, c, late)
		if late != nil {
			t.resolved = append(t.resolved, late.at.Sub(c.ended))
		}
		if d.kindOf != nil {
			t.countKind(d.kindOf(c.op), end, late)
		}
	}
	slices.Sort(t.took)
	slices.Sort(t.resolved)
}

type end int

const (
	endWrong end = iota
	endSuccess
	endFailed
	endUnknownIssued
	endUnknownNotIssued
)

// count counts a call by the ledger and by the call's or recovery's report.
func (t *Counts) count(l *chaos.Ledger, c call, late *resolution) end {
	executed, verdict := l.Executed(c.op.ID), l.Judge(c.op)
	result := c.result
	if late != nil && result.Outcome == peers.Unknown {
		result = late.result
	}
	t.Operations++
	t.Requests += l.Requests(c.op.ID)
	t.Duplicates += verdict.Duplicates
	t.took = append(t.took, c.took)
	switch {
	case len(verdict.Lies) > 0:
		t.Lies++
		t.LiesBy[result.Status]++
	case result.Outcome == peers.Failed:
		t.Failed++
		return endFailed
	case result.Outcome == peers.Unknown:
		t.Unknown++
		if idem.KeyOf(result.Err).IsZero() {
			t.Keyless++
		}
		t.explain(reasonOf(result.Err, beforeItsEnd(l.Timeline(c.op))), executed > 0)
		if executed > 0 {
			return endUnknownIssued
		}
		return endUnknownNotIssued
	case executed == 1:
		t.Success++
		return endSuccess
	}
	return endWrong
}

// beforeItsEnd returns a timeline until the end of the operation's first call.
func beforeItsEnd(timeline string) string {
	before, _, _ := strings.Cut(timeline, "call ended")
	return before
}

func (t *Counts) countKind(kind Kind, how end, late *resolution) {
	if t.Kinds == nil {
		t.Kinds = map[Kind]Ends{}
	}
	ends := t.Kinds[kind]
	switch how {
	case endWrong:
		ends.Wrong++
	case endFailed:
		ends.Failed++
	case endUnknownIssued:
		ends.Unknown.Issued++
	case endUnknownNotIssued:
		ends.Unknown.NotIssued++
	case endSuccess:
		ends = ends.with(late)
	}
	t.Kinds[kind] = ends
}

func (e Ends) with(late *resolution) Ends {
	switch {
	case late == nil:
		e.ByCall++
	case late.way == ByAsking:
		e.ByAsking++
	default:
		e.ByReading++
	}
	return e
}

func (t *Counts) explain(why Reason, issued bool) {
	fate := t.Reasons[why]
	if issued {
		fate.Issued++
	} else {
		fate.NotIssued++
	}
	t.Reasons[why] = fate
}

// Percentile returns the duration that p percent of the calls did not exceed.
func (t *Counts) Percentile(p int) time.Duration { return percentile(t.took, p) }

// ResolvedPercentile returns the duration after a call within which p percent
// of the doubts ended that recovery ended.
func (t *Counts) ResolvedPercentile(p int) time.Duration { return percentile(t.resolved, p) }

func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	at := math.Ceil(float64(p*len(sorted))/100) - 1
	return sorted[max(int(at), 0)]
}

// Rate returns the share of true success in percent.
func (t *Counts) Rate() float64 { return 100 * float64(t.Success) / float64(max(t.Operations, 1)) }
