package checks

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rulesFile states the rules: R of the engine, J of the journal, A what they
// assume.
const rulesFile = "docs/rules.md"

var (
	ruleStated       = regexp.MustCompile(`(?m)^### ([RJ]\d+)\. `)
	assumptionStated = regexp.MustCompile(`(?m)^- \*\*(A\d+)\*\* `)
	// ruleName finds a rule in the name of a test or of a table's row:
	// TestR7_..., FuzzR19_..., "R7_...".
	ruleName = regexp.MustCompile("(?:func (?:Test|Fuzz|Example)\\w*?|[\"`])([RJ]\\d+)_")
	// ruleCited finds a rule in any text, assumptionCited an assumption. An
	// escaped byte of a URL (%A0) is no assumption.
	ruleCited       = regexp.MustCompile(`(?:\b|_|Test|Fuzz|Example|Benchmark)([RJ]\d+)`)
	assumptionCited = regexp.MustCompile(`(?:^|[^%\w]|Assumption|Assumptions_)(A\d+)`)
)

func TestEveryRuleIsProvenByName(t *testing.T) {
	rules := found(ruleStated, read(t, rulesFile))
	require.NotEmpty(t, rules)
	named := map[string]bool{}
	for _, name := range files(t, "_test.go") {
		if strings.HasPrefix(name, "internal/checks/") {
			continue
		}
		for _, rule := range found(ruleName, read(t, name)) {
			named[rule] = true
		}
	}
	unnamed := slices.DeleteFunc(rules, func(rule string) bool { return named[rule] })
	assert.Empty(t, unnamed, "rules that no test names")
}

func TestEveryCitedRuleIsStated(t *testing.T) {
	rules := read(t, rulesFile)
	stated := append(found(ruleStated, rules), found(assumptionStated, rules)...)
	for _, name := range files(t, ".go", ".md") {
		if strings.HasPrefix(name, "internal/checks/") {
			continue
		}
		unknown := slices.DeleteFunc(cited(read(t, name)), func(rule string) bool { return slices.Contains(stated, rule) })
		assert.Empty(t, unknown, "%s cites what %s does not state", name, rulesFile)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	require.NoError(t, err)
	return string(text)
}

func cited(text string) []string {
	return append(found(ruleCited, text), found(assumptionCited, text)...)
}

func found(pattern *regexp.Regexp, text string) []string {
	var all []string
	for _, match := range pattern.FindAllStringSubmatch(text, -1) {
		all = append(all, match[1])
	}
	return all
}

func TestRuleNames(t *testing.T) {
	for text, want := range map[string]struct{ proven, cited []string }{
		"func TestR7_WindowBelongsToTheKey(t *testing.T)": {proven: []string{"R7"}, cited: []string{"R7"}},
		"func FuzzR19_Answers(f *testing.F)":              {proven: []string{"R19"}, cited: []string{"R19"}},
		"func TestAssumptionA7_AClockSetBack(":            {cited: []string{"A7"}},
		`{name: "J2_same ref, other body"}`:               {proven: []string{"J2"}, cited: []string{"J2"}},
		"func TestR9_R15_Decide(t *testing.T)":            {proven: []string{"R9"}, cited: []string{"R9", "R15"}},
		"// as TestR7_ states (R10, A3)":                  {cited: []string{"R7", "R10", "A3"}},
		"func TestR7Window(t *testing.T)":                 {cited: []string{"R7"}},
		`func TestR35_A401(t) "/a/%C3%A0", HR12`:          {proven: []string{"R35"}, cited: []string{"R35"}},
	} {
		assert.Equal(t, want.proven, found(ruleName, text), text)
		assert.Equal(t, want.cited, cited(text), text)
	}
	assert.Equal(t, []string{"R7"}, found(ruleStated, "## R\n### R7. A title\n### R8 none\nR9. none"))
	assert.Equal(t, []string{"A1"}, found(assumptionStated, "- **A1** A text\n- A2 none"))
}
