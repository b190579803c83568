package claim

import (
	"slices"
	"strings"
	"testing"

	"github.com/bardge/bardge-go/journal"
)

func FuzzJournalError_Words(f *testing.F) {
	f.Add("disk full", "SQLSTATE 53100")
	f.Add("anything", "\x00\n/path")
	f.Fuzz(func(t *testing.T, cause, code string) {
		words := causeWords(&journal.Error{Cause: journal.Cause(cause), Code: code})
		if words != "" && !slices.Contains(knownCauses, journal.Cause(cause)) {
			t.Fatalf("%q is repeated", words)
		}
		if rest, said := strings.CutPrefix(words, cause+" ("); said && (!isCode(code) || rest != code+")") {
			t.Fatalf("%q is repeated", words)
		}
	})
}
