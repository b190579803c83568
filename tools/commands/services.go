package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// goPackage is a package of the SDK with its comments.
type goPackage struct {
	*packages.Package

	docs map[types.Object]string // of types, methods, fields
}

func (p *goPackage) name() string { return p.Types.Name() }

// load reads a package with all that its types refer to.
func load(folder string) (*goPackage, error) {
	found, err := packages.Load(&packages.Config{
		Dir: folder,
		Mode: packages.NeedName | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo |
			packages.NeedDeps | packages.NeedImports,
	}, ".")
	if err != nil {
		return nil, err
	}
	if len(found) != 1 || len(found[0].Errors) > 0 {
		return nil, fmt.Errorf("%s: %v", folder, found[0].Errors)
	}
	p := &goPackage{Package: found[0], docs: map[types.Object]string{}}
	for _, file := range p.Syntax {
		p.readDocs(file)
	}
	return p, nil
}

// readDocs collects the comments of a file.
func (p *goPackage) readDocs(file *ast.File) {
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			p.docs[p.TypesInfo.Defs[d.Name]] = d.Doc.Text()
		case *ast.GenDecl:
			if d.Tok == token.TYPE {
				p.readTypeDocs(d)
			}
		}
	}
}

func (p *goPackage) readTypeDocs(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		t, ok := spec.(*ast.TypeSpec)
		if !ok {
			continue
		}
		text := t.Doc.Text()
		if text == "" {
			text = d.Doc.Text()
		}
		p.docs[p.TypesInfo.Defs[t.Name]] = text
		s, ok := t.Type.(*ast.StructType)
		if !ok {
			continue
		}
		above := "" // one comment may be of two fields
		for _, field := range s.Fields.List {
			switch {
			case field.Doc != nil:
				above = field.Doc.Text()
			case field.Comment != nil:
				above = field.Comment.Text()
			}
			for _, name := range field.Names {
				p.docs[p.TypesInfo.Defs[name]] = above
			}
		}
	}
}

// service is a group of commands.
type service struct {
	GoName, Name, Short, Long string
	Methods                   []method
}

// notCalls are services whose methods call no API.
var notCalls = []string{"Operations"}

// services returns the services in the order of the client's fields.
func (p *goPackage) services() ([]service, error) {
	client, ok := p.Types.Scope().Lookup("Client").Type().Underlying().(*types.Struct)
	if !ok {
		return nil, errors.New("the type Client is not a struct")
	}
	var found []service
	for field := range client.Fields() {
		pointer, ok := field.Type().(*types.Pointer)
		if !ok || !field.Exported() || slices.Contains(notCalls, field.Name()) {
			continue
		}
		named, ok := pointer.Elem().(*types.Named)
		if !ok {
			continue
		}
		s := service{GoName: field.Name(), Name: kebab(field.Name())}
		doc := p.text(p.docs[named.Obj()], named.Obj().Name())
		s.Short, s.Long = doc.short, doc.long
		for m := range named.Methods() {
			if !m.Exported() || isAll(named, m) {
				continue
			}
			made, err := p.method(named, m)
			if err != nil {
				return nil, fmt.Errorf("%s.%s: %w", field.Name(), m.Name(), err)
			}
			s.Methods = append(s.Methods, made)
		}
		found = append(found, s)
	}
	return found, nil
}

// isAll reports whether a method reads all pages of another method's list.
func isAll(service *types.Named, m *types.Func) bool { return pageMethod(service, m.Name()) != nil }

// pageMethod returns the method of which All... reads all pages; nil if the name
// is not of that form.
func pageMethod(service *types.Named, all string) *types.Func {
	rest, ok := strings.CutPrefix(all, "All")
	if !ok {
		return nil
	}
	return methodNamed(service, "List"+rest)
}

func methodNamed(service *types.Named, name string) *types.Func {
	for m := range service.Methods() {
		if m.Name() == name {
			return m
		}
	}
	return nil
}
