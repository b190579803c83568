package ops

import (
	"fmt"
	"strings"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/journal"
)

// The chart's measures, in its own units, which are pixels at full width.
const (
	chartWidth  = 360
	chartHeight = 148
	chartBase   = 120 // where bars begin
	chartTop    = 20  // where the longest ends
	barWidth    = 48
	barStep     = 72
)

// chart is a histogram of ages.
type chart struct {
	Width, Height, Base int
	Bars                []bar
	Text                string // all of it in words
}

// bar is one class of ages.
type bar struct {
	X, Y, Width, Height, Middle int
	Class, Label                string
	Count                       int
}

func newChart(classes [len(journal.PendingStats{}.Ages)]int) chart {
	c := chart{Width: chartWidth, Height: chartHeight, Base: chartBase}
	most := 1
	for _, n := range classes {
		most = max(most, n)
	}
	words := make([]string, 0, len(classes))
	for i, n := range classes {
		b := bar{
			X: i*barStep + (barStep-barWidth)/2, Width: barWidth, Middle: i*barStep + barStep/2,
			Class: []string{"", "", "", "old", "oldest"}[i], Label: classLabel(i), Count: n,
			Height: (chartBase - chartTop) * n / most,
		}
		if n > 0 {
			b.Height = max(b.Height, 2) // one among thousands is seen
		}
		b.Y = chartBase - b.Height
		c.Bars = append(c.Bars, b)
		words = append(words, fmt.Sprintf("%s: %s", classLabel(i), web.Count(n)))
	}
	c.Text = strings.Join(words, "; ") + "."
	return c
}

// classLabel names a class by its bounds.
func classLabel(i int) string {
	bounds := journal.StatsAges()
	switch i {
	case 0:
		return "under " + web.Age(bounds[0])
	case len(bounds):
		return "over " + web.Age(bounds[i-1])
	default:
		return "to " + web.Age(bounds[i])
	}
}
