package bulk

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A spreadsheet of another locale separates cells with semicolons, and opens
// the report with those.
func TestEscapeAll_NoCellIsAFormula(t *testing.T) {
	for cell, want := range map[string]string{
		"":               "",
		"Ada":            "Ada",
		"a=b; c-d":       "a=b; c-d",
		"=1+1":           "'=1+1",
		"+44 20":         "'+44 20",
		"-1":             "'-1",
		"@x":             "'@x",
		"\tx":            "'\tx",
		"\r=x":           "'\r=x",
		"＝1+1":           "'＝1+1",
		"a;=1+1":         "a;'=1+1",
		"a; \"=1+1":      "a; \"'=1+1",
		"a\t@x;-2":       "a\t'@x;'-2",
		"=1;=2":          "'=1;'=2",
		"Zoë; +1; Lagos": "Zoë; '+1; Lagos",
	} {
		assert.Equal(t, []string{want}, escapeAll([]string{cell}), "%q", cell)
	}
}
