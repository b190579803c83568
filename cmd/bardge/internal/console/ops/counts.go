package ops

import (
	"time"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/journal"
)

// counts are what the head of the list shows: all that is open or reserved,
// whatever is filtered.
type counts struct {
	Open, Reserved int
	Operations     []operationCount
	Ages           []ageCount
	Chart          chart
}

// operationCount counts the operations of one name.
type operationCount struct {
	Name           string
	Open, Reserved int
	Oldest         time.Duration
	Address        string
}

// ageCount counts the operations that are older than some time.
type ageCount struct {
	Text    string
	Count   int
	Address string
}

func newCounts(s journal.Stats, f filter) counts {
	var c counts
	var classes [len(journal.PendingStats{}.Ages)]int
	for _, one := range s.Pending {
		c.Open += one.Open
		c.Reserved += one.Reserved
		for i, n := range one.Ages {
			classes[i] += n
		}
		c.Operations = append(c.Operations, operationCount{
			Name: one.Operation, Open: one.Open, Reserved: one.Reserved, Oldest: one.Oldest,
			Address: f.query(func(f *filter) { f.Operation, f.After = one.Operation, "" }),
		})
	}
	older := 0
	for i := len(classes) - 1; i > 0; i-- {
		older += classes[i]
		bound := journal.StatsAges()[i-1]
		c.Ages = append([]ageCount{{
			Text: "over " + web.Age(bound), Count: older,
			Address: f.query(func(f *filter) { f.OlderThan, f.After = ages[i].Value, "" }),
		}}, c.Ages...)
	}
	c.Chart = newChart(classes)
	return c
}
