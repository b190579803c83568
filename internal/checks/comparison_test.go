package checks

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheComparisonIsMeasured compares the README's comparison with the first
// table in bench/RESULTS.md.
func TestTheComparisonIsMeasured(t *testing.T) {
	_, section, found := strings.Cut(read(t, "README.md"), "\n## Comparison\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	compared := tableRows(section)
	require.Len(t, compared, 4)
	measured := tableRows(read(t, "bench/RESULTS.md"))
	for _, row := range compared {
		at := slices.IndexFunc(measured, func(m []string) bool { return strings.HasPrefix(m[0], row[0]+" (") })
		require.GreaterOrEqual(t, at, 0, row[0])
		assert.Subset(t, measured[at], row[1:], row[0])
	}
}

func tableRows(text string) [][]string {
	var rows [][]string
	below := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case !strings.HasPrefix(line, "|"):
			below = false
		case strings.HasPrefix(line, "| ---"):
			below = true
		case below:
			cells := strings.Split(strings.Trim(strings.ReplaceAll(line, "**", ""), "|"), "|")
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			rows = append(rows, cells)
		}
	}
	return rows
}
