package ops

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/journal"
)

func TestTheChartShowsEachAge(t *testing.T) {
	c := newChart([5]int{10_000, 0, 1, 5_000, 2})
	assert.Equal(t, "under 2\u00a0min: 10,000; to 15\u00a0min: 0; to 1\u00a0h: 1; to 1\u00a0d: 5,000; over 1\u00a0d: 2.", c.Text)
	heights := make([]int, len(c.Bars))
	for i, b := range c.Bars {
		heights[i] = b.Height
		assert.Equal(t, c.Base, b.Y+b.Height, "bars begin at the axis")
		assert.LessOrEqual(t, b.X+b.Width, c.Width)
	}
	assert.Equal(t, []int{100, 0, 2, 50, 2}, heights, "one among thousands is seen, none is not")
	assert.Equal(t, "oldest", c.Bars[4].Class)
	for _, b := range newChart([5]int{}).Bars {
		assert.Zero(t, b.Height)
	}
}

func TestCountsAreOfAllThatIsPending(t *testing.T) {
	c := newCounts(journal.Stats{Done: 7, Pending: []journal.PendingStats{
		{Operation: "IssuePass", Open: 3, Reserved: 1, Oldest: time.Hour, Ages: [5]int{1, 1, 1, 1, 0}},
		{Operation: "BookClass", Open: 2, Ages: [5]int{0, 0, 0, 0, 2}},
	}}, filter{State: "open", Text: "x", After: "y"})
	assert.Equal(t, 5, c.Open)
	assert.Equal(t, 1, c.Reserved)
	assert.Equal(t, "/operations?operation=IssuePass&q=x", c.Operations[0].Address, "other filters stay, the page does not")
	assert.Equal(t, []ageCount{
		{"over 2\u00a0min", 5, "/operations?older=2m&q=x"},
		{"over 15\u00a0min", 4, "/operations?older=15m&q=x"},
		{"over 1\u00a0h", 3, "/operations?older=1h&q=x"},
		{"over 1\u00a0d", 2, "/operations?older=24h&q=x"},
	}, c.Ages)
}
