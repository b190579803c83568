package bulk

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Progress is the state of a run.
type Progress struct {
	// Items is how many items have ended, Total how many there are; zero: not
	// known.
	Items, Total int64
	// Done, FromJournal, Failed, Waiting and InDoubt count them by status. Those
	// that wait or are in doubt now may end otherwise in the second pass, and are
	// not in Items until then.
	Done, FromJournal, Failed, Waiting, InDoubt int64
	// Rate is how many items have ended in a second, over the last ten seconds.
	Rate float64
	// ETA is how long the run will take at this rate; zero: not known.
	ETA time.Duration
	// Elapsed is how long the run has taken.
	Elapsed time.Duration
	// PausedUntil is the end of the pause in an outage; zero: the run does not
	// pause.
	PausedUntil time.Time
	// Stopping: no more items are begun.
	Stopping bool
}

// rateWindow is how many seconds the rate is measured over.
const rateWindow = 10

// maxReasons is how many reasons are counted apart.
const maxReasons = 200

// otherReasons are those beyond.
const otherReasons = "other reasons"

type reasonKey struct {
	status Status
	reason string
}

// tally counts results.
type tally struct {
	began   time.Time
	total   int64
	ended   int64
	counts  map[Status]int64 // of items that have ended
	kept    map[Status]int64 // of items that wait for the second pass
	reasons map[reasonKey]int64
	samples []sample // one a second
}

// sample is how many items had ended at a time.
type sample struct {
	at    time.Time
	ended int64
}

func (t *tally) start(total int64) {
	t.began, t.total = time.Now(), total
	t.counts, t.kept, t.reasons = map[Status]int64{}, map[Status]int64{}, map[reasonKey]int64{}
	t.samples = []sample{{t.began, 0}}
}

func (t *tally) count(s Status, reason string) {
	t.ended++
	t.counts[s]++
	if reason == "" {
		return
	}
	key := reasonKey{s, reason}
	if _, known := t.reasons[key]; !known && len(t.reasons) >= maxReasons {
		key.reason = otherReasons
	}
	t.reasons[key]++
}

func (t *tally) expect(s Status)  { t.kept[s]++ }
func (t *tally) retract(s Status) { t.kept[s]-- }

func (t *tally) inDoubt() int64 { return t.counts[InDoubt] + t.kept[InDoubt] }

// measure takes a sample for the rate.
func (t *tally) measure(now time.Time) {
	t.samples = append(t.samples, sample{now, t.ended})
	t.samples = slices.Delete(t.samples, 0, max(0, len(t.samples)-rateWindow-1))
}

func (t *tally) progress(now time.Time) Progress {
	p := Progress{
		Items: t.ended, Total: t.total, Elapsed: now.Sub(t.began),
		Done: t.counts[Done], FromJournal: t.counts[FromJournal], Failed: t.counts[Failed],
		Waiting: t.counts[Waiting] + t.kept[Waiting], InDoubt: t.inDoubt(),
	}
	first := t.samples[0]
	if passed := now.Sub(first.at).Seconds(); passed > 0 {
		p.Rate = float64(t.ended-first.ended) / passed
	}
	if left := t.total - t.ended; p.Rate > 0 && left > 0 {
		p.ETA = time.Duration(float64(left) / p.Rate * float64(time.Second)).Round(time.Second)
	}
	return p
}

// Report is what became of the items of a run.
type Report struct {
	// Began and Ended are when, by the wall clock.
	Began time.Time `json:"began"`
	Ended time.Time `json:"ended"`
	// Items is how many items have ended. Those that a stopped run did not begin
	// are not among them.
	Items int64 `json:"items"`
	// Done, FromJournal, Failed, Waiting and InDoubt count them by [Status].
	Done        int64 `json:"done"`
	FromJournal int64 `json:"from_journal"`
	Failed      int64 `json:"failed"`
	Waiting     int64 `json:"waiting"`
	InDoubt     int64 `json:"in_doubt"`
	// Reasons are why items are not done, most frequent first. At most 200 are
	// counted apart.
	Reasons []ReasonCount `json:"reasons"`
	// Pauses is how often the run has paused because of an outage.
	Pauses int `json:"pauses"`
	// Stopped is why the run was stopped; empty if each item was tried.
	Stopped string `json:"stopped,omitempty"`
}

// ReasonCount counts the items with one status and reason.
type ReasonCount struct {
	Status Status `json:"status"` // the items'
	Reason string `json:"reason"` // the items', as in Result
	Count  int64  `json:"count"`  // how many items
}

// Good reports whether each item is done, and the run was not stopped.
func (r *Report) Good() bool { return r.Stopped == "" && r.Items == r.Done+r.FromJournal }

func (t *tally) report(now time.Time) *Report {
	r := &Report{
		Began: t.began.UTC().Truncate(time.Millisecond), Ended: now.UTC().Truncate(time.Millisecond), Items: t.ended,
		Done: t.counts[Done], FromJournal: t.counts[FromJournal], Failed: t.counts[Failed],
		Waiting: t.counts[Waiting], InDoubt: t.counts[InDoubt], Reasons: []ReasonCount{},
	}
	for key := range maps.Keys(t.reasons) {
		r.Reasons = append(r.Reasons, ReasonCount{key.status, key.reason, t.reasons[key]})
	}
	slices.SortFunc(r.Reasons, func(a, b ReasonCount) int {
		return cmp.Or(-cmp.Compare(a.Count, b.Count), cmp.Compare(a.Status, b.Status), cmp.Compare(a.Reason, b.Reason))
	})
	return r
}
