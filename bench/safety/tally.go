package safety

import (
	"math"
	"slices"
	"time"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/internal/chaos"
)

// Tally is what the ledger says about a client's days.
type Tally struct {
	// Operations is how many passes were to be issued.
	Operations int `json:"operations"`
	// Success counts the passes that were issued once, and whose caller was told so.
	Success int `json:"success"`
	// Failed counts the passes that were not issued, and whose caller was told so.
	Failed int `json:"failed"`
	// Unknown counts the calls that told nothing about their pass.
	Unknown int `json:"unknown"`
	// Duplicates counts the passes that were issued beyond the first of an operation.
	Duplicates int `json:"duplicates"`
	// Lies counts the calls that told the opposite of what had happened.
	Lies int `json:"lies"`
	// LiesBy counts them by the status that was reported as a failure; 0 is a pass that was never issued.
	LiesBy map[int]int `json:"lies_by"`
	// Requests is how many left the client.
	Requests int `json:"requests"`
	// Causes says what the unknown ones ended with.
	Causes map[Cause]Fate `json:"causes"`

	took []time.Duration
}

// Fate says of how many unknown passes it was true that they had been issued, and of how many that they had not.
type Fate struct {
	Issued    int `json:"issued"`
	NotIssued int `json:"not_issued"`
}

// NewTally returns an empty tally.
func NewTally() *Tally { return &Tally{LiesBy: map[int]int{}, Causes: map[Cause]Fate{}} }

// Add counts a day.
func (t *Tally) Add(d *Day) {
	for _, c := range d.calls {
		t.count(d.world.Ledger, c)
	}
	slices.Sort(t.took)
}

func (t *Tally) count(l *chaos.Ledger, c call) {
	executed, verdict := l.Executed(c.op.ID), l.Judge(c.op)
	t.Operations++
	t.Requests += l.Requests(c.op.ID)
	t.Duplicates += verdict.Duplicates
	t.took = append(t.took, c.took)
	switch {
	case len(verdict.Lies) > 0:
		t.Lies++
		t.LiesBy[c.result.Status]++
	case c.result.Outcome == peers.Failed:
		t.Failed++
	case c.result.Outcome == peers.Unknown:
		t.Unknown++
		t.explain(causeOf(c.result.Err, l.Timeline(c.op)), executed > 0)
	case executed == 1:
		t.Success++
	}
}

func (t *Tally) explain(why Cause, issued bool) {
	fate := t.Causes[why]
	if issued {
		fate.Issued++
	} else {
		fate.NotIssued++
	}
	t.Causes[why] = fate
}

// Percentile returns the duration that p percent of the calls did not exceed.
func (t *Tally) Percentile(p int) time.Duration {
	if len(t.took) == 0 {
		return 0
	}
	at := math.Ceil(float64(p*len(t.took))/100) - 1
	return t.took[max(int(at), 0)]
}

// Rate returns the share of true success in percent.
func (t *Tally) Rate() float64 { return 100 * float64(t.Success) / float64(max(t.Operations, 1)) }
