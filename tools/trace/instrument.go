package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
)

// function is a function of the sources, or a function literal in one.
type function struct {
	name  string
	file  string
	line  int
	short bool // its body is one statement
}

func (f function) place() string { return fmt.Sprintf("%s:%d", f.file, f.line) }

// instrumenter copies sources so that functions record entries by their index.
type instrumenter struct {
	functions []function

	fset   *token.FileSet
	file   string // as shown
	source []byte
	copied int // bytes of source that are in out
	out    bytes.Buffer
}

// instrument returns the copy of the file at path, which the report calls file.
// Lines keep their numbers. A file without functions is returned as it is.
func (i *instrumenter) instrument(path, file string) ([]byte, error) {
	source, err := os.ReadFile(path) //nolint:gosec // a file that the go command lists
	if err != nil {
		return nil, err
	}
	i.fset, i.file, i.source, i.copied = token.NewFileSet(), file, source, 0
	i.out.Reset()
	parsed, err := parser.ParseFile(i.fset, path, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	before := len(i.functions)
	i.insert(parsed.Name.End(), `; import recorder_ "github.com/bardge/bardge-go/tools/trace/recorder"`)
	ast.Walk(visitor{i, "var"}, parsed)
	if len(i.functions) == before {
		return source, nil
	}
	i.out.Write(source[i.copied:])
	return bytes.Clone(i.out.Bytes()), nil
}

func (i *instrumenter) insert(at token.Pos, text string) {
	offset := i.fset.Position(at).Offset
	i.out.Write(i.source[i.copied:offset])
	i.out.WriteString(text)
	i.copied = offset
}

// visitor instruments the functions below a node; outer is the one around it.
type visitor struct {
	*instrumenter
	outer string
}

func (v visitor) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.FuncDecl:
		return v.enter(nameOf(n), n.Body)
	case *ast.FuncLit:
		return v.enter(v.outer+".func", n.Body)
	}
	return v
}

func (v visitor) enter(name string, body *ast.BlockStmt) ast.Visitor {
	if body == nil {
		return nil // written in another language
	}
	v.insert(body.Lbrace+1, fmt.Sprintf("defer recorder_.Enter(%d)();", len(v.functions)))
	v.functions = append(v.functions, function{
		name:  name,
		file:  v.file,
		line:  v.fset.Position(body.Lbrace).Line,
		short: len(body.List) == 1,
	})
	return visitor{v.instrumenter, name}
}

func nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	receiver := f.Recv.List[0].Type
	for {
		switch t := receiver.(type) {
		case *ast.StarExpr:
			receiver = t.X
		case *ast.IndexExpr:
			receiver = t.X
		case *ast.IndexListExpr:
			receiver = t.X
		case *ast.Ident:
			return t.Name + "." + f.Name.Name
		default:
			return f.Name.Name
		}
	}
}
