package checks

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Words that a comment has plainer ones for, and how many lines of comments in
// a thousand may hold one.
var wordBudget = []struct {
	name  string
	words *regexp.Regexp
	limit float64
}{
	{name: "tell", words: regexp.MustCompile(`(?i)\b(tell|tells|told)\b`), limit: 1},
	{name: "somebody", words: regexp.MustCompile(`(?i)\b(some|no)body\b`), limit: 1},
	{name: "stand", words: regexp.MustCompile(`(?i)\bstands?\b`), limit: 1},
	{name: "look at", words: regexp.MustCompile(`(?i)\blook(s|ed)? at\b`), limit: 1},
	{name: "whoever", words: regexp.MustCompile(`(?i)\b(who|what)ever\b`), limit: 4},
	{name: "that of", words: regexp.MustCompile(`(?i)\b(that|those) of\b`), limit: 4},
	{name: "ask", words: regexp.MustCompile(`(?i)\bask(s|ed)?\b`), limit: 11},
	{name: "say", words: regexp.MustCompile(`(?i)\b(says?|said)\b`), limit: 12},
}

var commentLine = regexp.MustCompile(`(?m)^\s*//.*$`)

func TestCommentsKeepToPlainWords(t *testing.T) {
	var comments []string
	for _, name := range files(t) {
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "gen.go") || strings.Contains(name, "testdata/") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		comments = append(comments, commentLine.FindAllString(string(text), -1)...)
	}
	require.NotEmpty(t, comments)
	for _, row := range wordBudget {
		var found []string
		for _, line := range comments {
			if row.words.MatchString(line) {
				found = append(found, strings.TrimSpace(line))
			}
		}
		rate := 1000 * float64(len(found)) / float64(len(comments))
		assert.LessOrEqual(t, rate, row.limit, "%s, in a thousand lines of comments: %q", row.name, found)
	}
}
