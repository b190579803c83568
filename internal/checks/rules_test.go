package checks

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The rules of safe retries, which CONTRIBUTING.md explains: R of the core,
// J of the journal.
const (
	coreRules    = 25
	journalRules = 11
)

// ruleName finds a rule in the name of a test or of a row of its table:
// TestR7_..., FuzzR19_..., "R7_...".
var ruleName = regexp.MustCompile("(?:func (?:Test|Fuzz|Example)\\w*?|[\"`])([RJ]\\d+)_")

func TestEveryRuleIsProvenByName(t *testing.T) {
	named := map[string]bool{}
	for _, name := range files(t, "_test.go") {
		if strings.HasPrefix(name, "internal/checks/") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		for _, match := range ruleName.FindAllStringSubmatch(string(text), -1) {
			named[match[1]] = true
		}
	}
	assert.Empty(t, unnamed(named, "R", coreRules), "rules that no test names")
	assert.Empty(t, unnamed(named, "J", journalRules), "rules that no test names")
}

func unnamed(named map[string]bool, letter string, count int) []string {
	var missing []string
	for i := range count {
		if rule := fmt.Sprintf("%s%d", letter, i+1); !named[rule] {
			missing = append(missing, rule)
		}
	}
	return missing
}

func TestRuleNames(t *testing.T) {
	for text, rule := range map[string]string{
		"func TestR7_WindowBelongsToTheKey(t *testing.T)": "R7",
		"func FuzzR19_Answers(f *testing.F)":              "R19",
		`{name: "J2_same ref, other body"}`:               "J2",
		"// as TestR7_ says":                              "",
		"func TestR7Window(t *testing.T)":                 "",
	} {
		var found string
		if match := ruleName.FindStringSubmatch(text); match != nil {
			found = match[1]
		}
		assert.Equal(t, rule, found, text)
	}
}
