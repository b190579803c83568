package checks

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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

func TestExportedAliasesAreFound(t *testing.T) {
	const source = `package p
type A = b.C
type (
	D = e.F
	g = h.I
	J k.L
)
`
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", source, 0)
	require.NoError(t, err)
	var found []string
	for _, alias := range exportedAliases(file) {
		found = append(found, alias.Name.Name)
	}
	assert.Equal(t, []string{"A", "D"}, found)
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
