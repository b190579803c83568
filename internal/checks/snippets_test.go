package checks

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// maxReadmeWords bounds the README outside its code blocks. Longer text belongs
// in docs/.
const maxReadmeWords = 900

func TestReadmeIsShort(t *testing.T) {
	assert.LessOrEqual(t, len(strings.Fields(prose(read(t, "README.md")))), maxReadmeWords)
}

type fence struct{ language, text string }

var aFence = regexp.MustCompile("(?ms)^```(\\w*)(.*?)\n```$")

func fences(document string) []fence {
	var found []fence
	for _, match := range aFence.FindAllStringSubmatch(document, -1) {
		found = append(found, fence{match[1], strings.TrimPrefix(match[2], "\n") + "\n"})
	}
	return found
}

func prose(document string) string { return aFence.ReplaceAllString(document, "") }

func guides(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(files(t, ".md"), func(name string) bool {
		return name != "README.md" && !strings.HasPrefix(name, "docs/")
	})
}

// TestSnippetsAreCode compares each block of Go, and each output, with the
// files that "go test" compiles and whose output it checks: programs and tests
// under examples/, and test files with examples.
func TestSnippetsAreCode(t *testing.T) {
	code := runnable(t)
	for _, name := range guides(t) {
		for _, block := range fences(read(t, name)) {
			switch block.language {
			case "go", "text":
				assert.True(t, excerpt(block.text, code), "%s: no example has this:\n%s", name, block.text)
			case "sh":
				assert.Empty(t, brokenCommands(t, block.text), name)
			case "console": // the command's own tests run it
				assert.Contains(t, []string{"docs/command.md", "docs/first-contact.md", "docs/operations.md"}, name)
			case "mermaid", "sql", "yaml":
			default:
				assert.Fail(t, "a block of no known language", "%s: %q\n%s", name, block.language, block.text)
			}
		}
	}
}

func runnable(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, name := range files(t, ".go") {
		text := read(t, name)
		if strings.HasPrefix(name, "examples/") || strings.HasSuffix(name, "_test.go") && strings.Contains(text, "\nfunc Example") {
			found = append(found, flat(text))
		}
	}
	require.NotEmpty(t, found)
	return found
}

func excerpt(text string, files []string) bool {
	return slices.ContainsFunc(files, func(file string) bool { return strings.Contains(file, flat(text)) })
}

var randomWait = regexp.MustCompile(`again after [0-9.]+m?s`)

// flat removes indentation and the slashes of an output, starts with a newline,
// and replaces random waits by a constant.
func flat(code string) string {
	var b strings.Builder
	b.WriteString("\n")
	for line := range strings.Lines(code) {
		b.WriteString(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "// ")) + "\n")
	}
	return randomWait.ReplaceAllString(b.String(), "again after a while")
}

// TestTheComparisonIsMeasured compares the README's comparison with the tables
// in bench/RESULTS.md: each client with its first row there.
func TestTheComparisonIsMeasured(t *testing.T) {
	_, section, found := strings.Cut(read(t, "README.md"), "\n## Comparison\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	compared := tableRows(section)
	require.Len(t, compared, 7)
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
