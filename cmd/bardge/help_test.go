package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/cmd/bardge/internal/calls"
)

// TestHelpHasNoNamesOfGo: the comments of the SDK become help, whose readers have
// flags, fields of JSON and exit codes, but no Go.
func TestHelpHasNoNamesOfGo(t *testing.T) {
	names := goNames(t)
	for _, known := range []string{"OutcomeDone", "LookupsService", "IssuePassParams", "Recovered", "WithRef", "ClientID"} {
		require.Contains(t, names, known)
	}
	operations := map[string]bool{"IssuePass": true} // in examples
	for _, cmd := range allCommands() {
		for name := range strings.FieldsSeq(cmd.Annotations[calls.OperationsAnnotation]) {
			operations[name] = true
		}
	}
	for _, cmd := range allCommands() {
		for _, text := range helpOf(cmd) {
			for _, name := range goNamesIn(text, names) {
				assert.True(t, operations[name], "%s: %s in %q", cmd.CommandPath(), name, text)
			}
		}
	}
	for text, want := range map[string][]string{
		"The error is already_cancelled with OutcomeDone.": {"OutcomeDone"},
		"It is returned, with Response.Recovered set.":     {"Response.Recovered"},
		"Check it with Get, then.":                         {"Get"},
		"Get a class. Get another one: Get it.":            nil, // sentences
		"Retry-After, on the page \"Idempotent Requests\"": nil,
		"BlueSnap's journal in PostgreSQL":                 nil,
	} {
		assert.Equal(t, want, goNamesIn(text, names), text)
	}
}

// helpOf returns the texts of a command's help.
func helpOf(cmd *cobra.Command) []string {
	texts := []string{cmd.Short, cmd.Long, cmd.Example}
	cmd.Flags().VisitAll(func(f *pflag.Flag) { texts = append(texts, f.Usage) })
	cmd.PersistentFlags().VisitAll(func(f *pflag.Flag) { texts = append(texts, f.Usage) })
	return texts
}

var (
	aWord = regexp.MustCompile(`[A-Za-z][A-Za-z0-9]*(\.[A-Z][A-Za-z0-9]*)*`)
	// products are words with a capital inside that are no names of Go.
	products = map[string]bool{"BlueSnap": true, "PostgreSQL": true, "SQLite": true, "PowerShell": true, "OpenMetrics": true, "Markdown": true}
)

// goNamesIn returns the words of a text that are names of Go: compound ones, and
// simple ones in the middle of a sentence.
func goNamesIn(text string, names map[string]bool) []string {
	var found []string
	for _, at := range aWord.FindAllStringIndex(text, -1) {
		word := text[at[0]:at[1]]
		first, _, isMember := strings.Cut(word, ".")
		compound := isMember || camel.MatchString(word)
		if names[first] && !products[word] && (compound || inSentence.MatchString(text[:at[0]]) && word != strings.ToUpper(word)) {
			found = append(found, word)
		}
	}
	return found
}

var (
	camel      = regexp.MustCompile(`^[A-Z][a-z0-9]+[A-Z]|^[A-Z]{2,}[a-z]`)
	inSentence = regexp.MustCompile(`[^.:"\s]\s+\(?$`)
)

// goNames returns the exported names of the packages that users of Go import,
// also of methods and fields.
func goNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, folder := range []string{".", "bluesnap", "idem", "journal"} {
		files, err := filepath.Glob(filepath.Join("..", "..", folder, "*.go"))
		require.NoError(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			ast.Inspect(parsed, func(n ast.Node) bool {
				for _, name := range declared(n) {
					names[name.Name] = name.IsExported()
				}
				return true
			})
		}
	}
	return names
}

// declared returns the names that a node declares.
func declared(n ast.Node) []*ast.Ident {
	switch n := n.(type) {
	case *ast.FuncDecl:
		return []*ast.Ident{n.Name}
	case *ast.TypeSpec:
		return []*ast.Ident{n.Name}
	case *ast.ValueSpec:
		return n.Names
	case *ast.Field:
		return n.Names
	default:
		return nil
	}
}

// TestHelpFitsATerminal: of what is written by hand, no line is longer than 80.
func TestHelpFitsATerminal(t *testing.T) {
	for _, cmd := range allCommands() {
		if strings.HasPrefix(cmd.CommandPath(), "bardge sandbox") {
			continue // whose list of faults is a table
		}
		for line := range strings.Lines(cmd.Long) {
			assert.LessOrEqual(t, len(strings.TrimRight(line, "\n")), 80, "%s: %s", cmd.CommandPath(), line)
		}
	}
}
