package checks

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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

// oldPaths are packages that were moved.
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
		if name == "CHANGELOG.md" || name == "internal/checks/names_test.go" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		assert.Empty(t, oldNamesIn(string(text)), name)
	}
}

func TestOldNamesAreFound(t *testing.T) {
	for text, found := range map[string]int{
		"idem.Convergent":                1,
		"WithAPIKeySource(f), NewAnswer": 2,
		"import internal/facade":         1,
		"a Response, Recovered":          0,
		"Unanswered, Settled, witnesses": 0,
	} {
		assert.Len(t, oldNamesIn(text), found, text)
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
