package checks

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
)

const onTheWeb = "https://" + module + "/blob/main/"

var (
	inlineCode = regexp.MustCompile("`[^`\n]*`")
	aLink      = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	webLink    = regexp.MustCompile(regexp.QuoteMeta(onTheWeb) + `([\w./#-]*[\w/-])`)
	aHeading   = regexp.MustCompile(`(?m)^#{1,6} +(.+?) *$`)
)

// TestLinksLeadSomewhere follows links inside the repository, from documents
// and from comments to documents: file and heading must exist.
func TestLinksLeadSomewhere(t *testing.T) {
	for _, name := range files(t, ".md", ".go") {
		text := read(t, name)
		if strings.HasSuffix(name, ".md") {
			assert.Empty(t, brokenLinks(t, name, links(text)), name)
		}
		assert.Empty(t, brokenLinks(t, "README.md", found(webLink, text)), name)
	}
}

func TestBrokenLinksAreFound(t *testing.T) {
	for _, row := range []struct {
		document, link string
		broken         bool
	}{
		{document: "README.md", link: "https://example.org/x#y"},
		{document: "README.md", link: "docs/rules.md#r7-window-and-outcome-belong-to-the-key"},
		{document: "docs/rules.md", link: "../README.md"},
		{document: "docs/rules.md", link: "#the-key"},
		{document: "README.md", link: "docs/no-such-page.md", broken: true},
		{document: "README.md", link: "docs/rules.md#no-such-heading", broken: true},
		{document: "docs/rules.md", link: "CHANGELOG.md", broken: true},
		{document: "docs/rules.md", link: "#no-such-heading", broken: true},
	} {
		assert.Equal(t, row.broken, len(brokenLinks(t, row.document, []string{row.link})) > 0, row.link)
	}
	assert.Equal(t, []string{"a.md", "#b"}, links("[x](a.md) `[y](c.md)`\n```go\n[z](d.md)\n```\n[w](#b)"))
	assert.Equal(t, []string{"a-b-c", "a-b-c-1", "key_id"}, anchors("# A b, `C`!\n## A b c\n```sh\n# no\n```\n### key_id"))
}

func links(document string) []string {
	return found(aLink, inlineCode.ReplaceAllString(prose(document), ""))
}

// brokenLinks returns the links into the repository whose target does not
// exist.
func brokenLinks(t *testing.T, document string, links []string) []string {
	t.Helper()
	return slices.DeleteFunc(links, func(link string) bool {
		name, anchor, _ := strings.Cut(link, "#")
		target := path.Join(path.Dir(document), name)
		if name == "" {
			target = document
		}
		return strings.Contains(link, "://") || exists(target) && (anchor == "" || slices.Contains(anchors(read(t, target)), anchor))
	})
}

func exists(name string) bool {
	_, err := os.Stat(filepath.Join(root, name))
	return err == nil
}

func anchors(document string) []string {
	var all []string
	times := map[string]int{}
	for _, heading := range found(aHeading, prose(document)) {
		anchor := strings.Map(anchorRune, heading)
		if n := times[anchor]; n > 0 {
			all = append(all, anchor+"-"+strconv.Itoa(n))
		} else {
			all = append(all, anchor)
		}
		times[anchor]++
	}
	return all
}

func anchorRune(r rune) rune {
	switch {
	case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
		return unicode.ToLower(r)
	case r == ' ':
		return '-'
	default:
		return -1
	}
}

var (
	madeTarget  = regexp.MustCompile(`\bmake ([a-z]+)`)
	aTarget     = regexp.MustCompile(`(?m)^([a-z]+):`)
	namedFolder = regexp.MustCompile(`(?:\bcd | \./)([\w/-]+)`)
	runTests    = regexp.MustCompile(`-run '?(\w+)|-bench (\w+)`)
)

// brokenCommands returns the make targets, folders and tests that a document's
// commands name and that do not exist.
func brokenCommands(t *testing.T, commands string) []string {
	t.Helper()
	var bad []string
	targets := found(aTarget, read(t, "Makefile"))
	for _, target := range found(madeTarget, commands) {
		if !slices.Contains(targets, target) {
			bad = append(bad, "make "+target)
		}
	}
	for _, folder := range found(namedFolder, commands) {
		if !exists(folder) {
			bad = append(bad, folder)
		}
	}
	for _, match := range runTests.FindAllStringSubmatch(commands, -1) {
		if name := match[1] + match[2]; name != "xxx" && !someTest(t, name) {
			bad = append(bad, name)
		}
	}
	return bad
}

func someTest(t *testing.T, name string) bool {
	t.Helper()
	pattern := regexp.MustCompile(`\nfunc (?:Test|Benchmark)\w*` + strings.TrimPrefix(name, "Test"))
	return slices.ContainsFunc(files(t, "_test.go"), func(file string) bool { return pattern.MatchString(read(t, file)) })
}

func TestBrokenCommandsAreFound(t *testing.T) {
	assert.Empty(t, brokenCommands(t, "make test\ngo test ./idem -run TestBroken -v\ncd docs && go test -run xxx -bench . ./..."))
	assert.Equal(t, []string{"make supper", "no/such", "TestNoSuchThingAtAll"},
		brokenCommands(t, "make supper\ngo run ./no/such -run TestNoSuch"+"ThingAtAll"))
}
