package checks

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
)

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
