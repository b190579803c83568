package checks

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// privateDirs hold packages that users do not import.
var privateDirs = []string{"internal", "wire", "cmd", "examples", "tests", "bench", "tools"}

// embedders lists the exported structs that may embed a type, with the reason.
var embedders = map[string]string{
	"Millis":  "a time.Time in all but its JSON",
	"Seconds": "a time.Time in all but its JSON",
	"Faulty":  "a journal for tests: what it does not break is journal.Memory's",
}

// TestPublicStructsDeclareTheirFields: embedding hides fields and methods from
// go doc, breaks literals, and promotes the Format and String of a part to the
// whole.
func TestPublicStructsDeclareTheirFields(t *testing.T) {
	for _, name := range publicFiles(t) {
		for _, embedder := range embeddersIn(t, name, nil) {
			assert.Contains(t, embedders, embedder, "%s embeds a type", name)
		}
	}
}

// TestPublicVariablesAreSentinels: any package can overwrite an exported
// variable. Only sentinel errors, conventionally variables, are worth that.
func TestPublicVariablesAreSentinels(t *testing.T) {
	for _, name := range publicFiles(t) {
		for _, variable := range variablesIn(t, name, nil) {
			assert.True(t, strings.HasPrefix(variable, "Err"), "%s: %s", name, variable)
		}
	}
}

func TestEmbeddersAndVariablesAreFound(t *testing.T) {
	const source = `package p
type Plain struct{ A int }
type whole struct{ Plain }
type Whole struct {
	// Plain is embedded.
	*Plain
	B int
}
type Generic[T any] struct{ Box[T] }
type Face interface{ Other }
var (
	Ages, ErrA = 1, 2
	ages int
)
const Max = 1
func f() { type Local struct{ Plain } }
`
	assert.Equal(t, []string{"Whole", "Generic"}, embeddersIn(t, "p.go", source))
	assert.Equal(t, []string{"Ages", "ErrA"}, variablesIn(t, "p.go", source))
}

func publicFiles(t *testing.T) []string {
	t.Helper()
	var public []string
	for _, name := range files(t) {
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		parts := strings.Split(filepath.ToSlash(name), "/")
		if !slices.Contains(parts, "internal") && !slices.Contains(privateDirs, parts[0]) {
			public = append(public, name)
		}
	}
	require.NotEmpty(t, public)
	return public
}

func embeddersIn(t *testing.T, name string, source any) []string {
	t.Helper()
	var found []string
	for _, spec := range specs(t, name, source, token.TYPE) {
		s := spec.(*ast.TypeSpec)
		structure, ok := s.Type.(*ast.StructType)
		if !ok || !s.Name.IsExported() {
			continue
		}
		if slices.ContainsFunc(structure.Fields.List, func(f *ast.Field) bool { return len(f.Names) == 0 }) {
			found = append(found, s.Name.Name)
		}
	}
	return found
}

func variablesIn(t *testing.T, name string, source any) []string {
	t.Helper()
	var found []string
	for _, spec := range specs(t, name, source, token.VAR) {
		for _, n := range spec.(*ast.ValueSpec).Names {
			if n.IsExported() {
				found = append(found, n.Name)
			}
		}
	}
	return found
}

func specs(t *testing.T, name string, source any, kind token.Token) []ast.Spec {
	t.Helper()
	if source == nil {
		name = filepath.Join(root, name)
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.SkipObjectResolution)
	require.NoError(t, err)
	var found []ast.Spec
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == kind {
			found = append(found, g.Specs...)
		}
	}
	return found
}
