package checks

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oldNames are exported identifiers that had another name before; CHANGELOG.md
// lists what became of them.
var oldNames = regexp.MustCompile(`\b(` +
	`Convergent|Unguarded|Unkeyed|` +
	`Settle|Settlement|SettleID|Orphan|Recovered\[|Finding|` +
	`(With)?FreshKeys?|WithAPIKeySource|` +
	`WindowMargin|ServerErrorsAreFinal|NoBudget|` +
	`Reread|AnswerHeader|NoAnswer|JournalErr|(New)?Answer|FormJSON|FormXML|` +
	`SignalAlready|SignalFailed|SignalRetry|` +
	`VerdictAlready|VerdictRefused|VerdictRefusedStored|VerdictAnswerLost|ErrAnswerLost|` +
	`ErrNotWritten|ErrMayStillRun|ErrNoOperation|ErrSettled|ErrWrongSecret|` +
	`LookupService|GetIssued|UpdateIssued|UpdateIssuedExpiry|ClassCategories|` +
	`internal/facade|sandbox/witness|ResultRefused` +
	`)\b`)

// TestOldNamesAreGone reads code and documents alike: a name in prose outlives
// the thing that it names.
func TestOldNamesAreGone(t *testing.T) {
	for _, name := range files(t) {
		if name == "CHANGELOG.md" || name == "internal/checks/names_test.go" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		assert.Empty(t, oldNames.FindAllString(string(text), -1), name)
	}
}

func TestOldNamesAreFound(t *testing.T) {
	for text, found := range map[string]int{
		"idem.Convergent":                1,
		"WithAPIKeySource(f), NewAnswer": 2,
		"a Response, Recovered":          0,
		"Unanswered":                     0,
	} {
		assert.Len(t, oldNames.FindAllString(text, -1), found, text)
	}
}
