package checks

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// documented lists the packages that users read. Each of their exported names,
// fields and methods must have a doc comment.
var documented = []string{
	".", "bluesnap", "bulk", "bulk/csvfile", "fleet/river", "fleet/river/riverpage", "idem", "idem/conformance",
	"idem/profiles", "journal", "journal/journaltest", "journal/postgres", "journal/postgres/pgtest", "journal/sqlite",
	"otelbardge", "sandbox", "sandbox/bluesnaptest", "sandbox/fakeserver",
}

func TestExportedNamesAreDocumented(t *testing.T) {
	fset := token.NewFileSet()
	read := map[string]bool{}
	for _, name := range files(t, ".go") {
		if strings.HasSuffix(name, "_test.go") || !slices.Contains(documented, path.Dir(name)) {
			continue
		}
		file, err := parser.ParseFile(fset, filepath.Join(root, name), nil, parser.ParseComments)
		require.NoError(t, err)
		assert.Empty(t, undocumented(file), name)
		read[path.Dir(name)] = true
	}
	assert.Len(t, read, len(documented), "every package was found")
}

func TestUndocumentedNamesAreFound(t *testing.T) {
	const source = `package p
func Bare() {}
// Documented is documented.
func Documented() {}
func inner() {}
func (T) Bare() {}
func (*inside) Hidden() {}
type T struct { // no doc
	Bare int
	Documented int // is documented
	inner int
	// First and Second are documented together.
	First int
	Second int
	Third int
}
// I is documented.
type I interface {
	Bare()
	// Documented is documented.
	Documented()
}
// A group is documented as one.
const ( A = 1; B = 2 )
var (
	Bare int
	// Documented is documented.
	Documented int
)
`
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", source, parser.ParseComments)
	require.NoError(t, err)
	assert.Equal(t, []string{"Bare", "T.Bare", "T", "T.Bare", "T.Third", "I.Bare", "Bare"}, undocumented(file))
}

// undocumented returns the exported names of a file that no comment explains.
func undocumented(file *ast.File) []string {
	var bare []string
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if name, exported := funcName(decl); exported && decl.Doc == nil {
				bare = append(bare, name)
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				bare = append(bare, bareSpec(spec, decl.Doc != nil)...)
			}
		}
	}
	return bare
}

func funcName(decl *ast.FuncDecl) (name string, exported bool) {
	name, exported = decl.Name.Name, decl.Name.IsExported()
	if decl.Recv == nil {
		return name, exported
	}
	receiver := typeName(decl.Recv.List[0].Type)
	return receiver + "." + name, exported && ast.IsExported(receiver)
}

func typeName(expr ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.StarExpr:
		return typeName(expr.X)
	case *ast.IndexExpr:
		return typeName(expr.X)
	case *ast.Ident:
		return expr.Name
	default:
		return ""
	}
}

// bareSpec checks one type, constant or variable. A comment on the group
// explains constants and variables, and a type that is alone in it.
func bareSpec(spec ast.Spec, groupDocumented bool) []string {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if !spec.Name.IsExported() {
			return nil
		}
		return append(bareNames("", spec.Name, groupDocumented || spec.Doc != nil), bareFields(spec)...)
	case *ast.ValueSpec:
		var bare []string
		for _, name := range spec.Names {
			bare = append(bare, bareNames("", name, groupDocumented || spec.Doc != nil || spec.Comment != nil)...)
		}
		return bare
	default:
		return nil
	}
}

func bareFields(spec *ast.TypeSpec) []string {
	var fields *ast.FieldList
	switch shape := spec.Type.(type) {
	case *ast.StructType:
		fields = shape.Fields
	case *ast.InterfaceType:
		fields = shape.Methods
	default:
		return nil
	}
	var bare []string
	var above string // the last comment, which may name several fields
	for _, field := range fields.List {
		hasDoc := field.Doc != nil || field.Comment != nil
		if field.Doc != nil {
			above = field.Doc.Text()
		}
		for _, name := range field.Names {
			bare = append(bare, bareNames(spec.Name.Name+".", name, hasDoc || mentions(above, name.Name))...)
		}
	}
	return bare
}

func mentions(comment, name string) bool {
	words := strings.FieldsFunc(comment, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return slices.Contains(words, name)
}

func bareNames(prefix string, name *ast.Ident, hasDoc bool) []string {
	if hasDoc || !name.IsExported() {
		return nil
	}
	return []string{prefix + name.Name}
}
