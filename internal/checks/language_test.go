package checks

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

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
	{name: "look", words: regexp.MustCompile(`(?i)\blook(s|ed|ing)?\b`), limit: 5},
	{name: "whoever", words: regexp.MustCompile(`(?i)\b(who|what)ever\b`), limit: 1},
	{name: "that of", words: regexp.MustCompile(`(?i)\b(that|those) of\b`), limit: 1},
	{name: "ask", words: regexp.MustCompile(`(?i)\bask(s|ed)?\b`), limit: 2},
	{name: "say", words: regexp.MustCompile(`(?i)\b(says?|said)\b`), limit: 1},
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

// oldNames are former names of exported identifiers; CHANGELOG.md lists their
// new names.
var oldNames = wordSet(`
	Convergent Unguarded Unkeyed
	Settle Settlement SettleID Orphan Finding
	FreshKey FreshKeys WithFreshKey WithAPIKeySource
	WindowMargin ServerErrorsAreFinal NoBudget
	Reread AnswerHeader NoAnswer JournalErr Answer NewAnswer AnswerOf MaxAnswer FormJSON FormXML
	LoseAnswer CutAnswer
	SignalAlready SignalFailed SignalRetry
	VerdictAlready VerdictRefused VerdictRefusedStored VerdictAnswerLost ErrAnswerLost
	ErrNotWritten ErrMayStillRun ErrNoOperation ErrSettled ErrWrongSecret
	LookupService GetIssued UpdateIssued UpdateIssuedExpiry ClassCategories
	ResultRefused`)

var oldPaths = []string{"internal/facade", "sandbox/witness"}

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// TestOldNamesAreGone reads code and documents alike: prose often keeps a name
// that the code has dropped.
func TestOldNamesAreGone(t *testing.T) {
	for _, name := range files(t) {
		if name == "CHANGELOG.md" || name == "internal/checks/language_test.go" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		assert.Empty(t, oldNamesIn(string(text)), name)
	}
}

func oldNamesIn(text string) (found []string) {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool {
		return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		if oldNames[word] {
			found = append(found, word)
		}
	}
	for _, path := range oldPaths {
		if strings.Contains(text, path) {
			found = append(found, path)
		}
	}
	return found
}

// Text that ties a file to one machine: a path in a home or a
// temporary directory, or the host of a package registry.
var machineText = []*regexp.Regexp{
	regexp.MustCompile("(?m)(^|[\\s\"'`=(:,])/(home|root|tmp|work|Users|private|var/folders)(/|$|[\\s\"'`),;])"),
	regexp.MustCompile(`[A-Za-z]:\\+(Users|Temp)\b`),
	regexp.MustCompile(`\bregistry\.[a-z0-9-]+\.[a-z]{2,}|\b(proxy|sum)\.golang\.org\b|"resolved"\s*:`),
}

func TestFilesNameNoMachine(t *testing.T) {
	for _, name := range files(t) {
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		assert.Empty(t, machineWords(string(text)), name)
	}
}

func machineWords(text string) []string {
	var found []string
	for _, words := range machineText {
		found = append(found, words.FindAllString(text, -1)...)
	}
	return found
}
