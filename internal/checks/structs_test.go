package checks

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
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
		for _, embedder := range embeddersIn(t, name) {
			assert.Contains(t, embedders, embedder, "%s embeds a type", name)
		}
	}
}

// TestPublicVariablesAreSentinels: any package can overwrite an exported
// variable. Only sentinel errors, conventionally variables, are worth that.
func TestPublicVariablesAreSentinels(t *testing.T) {
	for _, name := range publicFiles(t) {
		for _, variable := range variablesIn(t, name) {
			assert.True(t, strings.HasPrefix(variable, "Err"), "%s: %s", name, variable)
		}
	}
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

func embeddersIn(t *testing.T, name string) []string {
	t.Helper()
	var found []string
	for _, spec := range specs(t, name, token.TYPE) {
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

func variablesIn(t *testing.T, name string) []string {
	t.Helper()
	var found []string
	for _, spec := range specs(t, name, token.VAR) {
		for _, n := range spec.(*ast.ValueSpec).Names {
			if n.IsExported() {
				found = append(found, n.Name)
			}
		}
	}
	return found
}

func specs(t *testing.T, name string, kind token.Token) []ast.Spec {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	var found []ast.Spec
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == kind {
			found = append(found, g.Specs...)
		}
	}
	return found
}

// WithReconciler, errors and events name operations by strings: each method's
// doc comment names its own.
func TestEveryMethodNamesItsOperation(t *testing.T) {
	named := map[gen.OperationID]bool{}
	names, err := filepath.Glob(filepath.Join(root, "*.go"))
	require.NoError(t, err)
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			method, ok := decl.(*ast.FuncDecl)
			if !ok || !method.Name.IsExported() || !ofService(method) {
				continue
			}
			op := operationIn(method)
			class := strings.ReplaceAll(string(op.Class), "keyU", "key u")
			want := fmt.Sprintf("\nOperation %s, class %s", op.ID, class)
			assert.Contains(t, method.Doc.Text(), want, "%s: %s", name, method.Name)
			named[op.ID] = true
		}
	}
	for _, op := range gen.Operations() {
		assert.True(t, named[op.ID], "no method names %s", op.ID)
	}
}

func ofService(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return false
	}
	receiver := types.ExprString(f.Recv.List[0].Type)
	return strings.HasSuffix(receiver, "Service") && receiver != "*OperationsService" // which calls no API
}

// operationIn returns the operation whose request a method makes, or whose
// params it takes.
func operationIn(method *ast.FuncDecl) (found gen.Operation) {
	ast.Inspect(method, func(node ast.Node) bool {
		if name, ok := node.(*ast.Ident); ok {
			for _, op := range gen.Operations() {
				if name.Name == "new"+string(op.ID)+"Request" || name.Name == string(op.ID)+"Params" {
					found = op
				}
			}
		}
		return true
	})
	return found
}

// maxAliases bounds the root's exported aliases: go doc shows no field and no
// method of an alias.
const maxAliases = 12

// Users import types of the package itself. The few aliases name types of the
// engine; no public type belongs to an internal package.
func TestAliasesAreFewAndPointToTheEngine(t *testing.T) {
	count := map[string]int{}
	for _, name := range files(t, ".go") {
		dir := path.Dir(name)
		if dir != "." && dir != "bluesnap" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, 0)
		require.NoError(t, err)
		for _, alias := range exportedAliases(file) {
			count[dir]++
			assert.Regexp(t, `^idem\.\w+$`, types.ExprString(alias.Type), "%s: %s", name, alias.Name)
		}
	}
	assert.LessOrEqual(t, count["."], maxAliases)
	assert.NotZero(t, count["."])
}

func exportedAliases(file *ast.File) []*ast.TypeSpec {
	var found []*ast.TypeSpec
	ast.Inspect(file, func(node ast.Node) bool {
		if spec, ok := node.(*ast.TypeSpec); ok && spec.Assign.IsValid() && spec.Name.IsExported() {
			found = append(found, spec)
		}
		return true
	})
	return found
}
