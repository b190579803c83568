package main

import (
	"errors"
	"fmt"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// method is a row of the table; see package calls for the meaning of its parts.
type method struct {
	Name, Class, Body, List, Short, Long, Form, Call string

	Operations, Args, Nested, Times []string
	Params                          []param
}

var (
	operationLine = regexp.MustCompile(`(?s)Operation (\w+)(?:, or (\w+) )?`)
	classLine     = regexp.MustCompile(`class (safe|keyed|key\s+unverified|(?:non-)?idempotent)\b`)
)

var classes = map[string]string{
	"safe": "safe", "keyed": "keyed", "key unverified": "unverified", "idempotent": "idempotent",
	"non-idempotent": "idempotent", // of a command: it changes something, and takes no key
}

func (p *goPackage) method(service *types.Named, m *types.Func) (method, error) {
	made := method{Name: kebab(m.Name()), Call: p.expression(service, m.Name())}
	text := p.docs[m]
	ids := operationLine.FindStringSubmatch(text)
	class := classLine.FindStringSubmatch(text)
	switch {
	case ids == nil:
		return made, errors.New("the comment names no operation")
	case ids[2] != "": // of a whole and of a part, which is repeated less
		class = []string{"", "idempotent"}
	case class == nil:
		return made, errors.New("the comment names no class")
	}
	made.Operations = slices.DeleteFunc(ids[1:], func(id string) bool { return id == "" })
	made.Class = classes[strings.Join(strings.Fields(class[1]), " ")]
	doc := p.text(text, m.Name())
	made.Short, made.Long = doc.short, doc.long
	if err := p.takeSignature(&made, service, m); err != nil {
		return made, err
	}
	return made, nil
}

// expression is the method as a function of the service.
func (p *goPackage) expression(service *types.Named, name string) string {
	return fmt.Sprintf("(*%s.%s).%s", p.name(), service.Obj().Name(), name)
}

// takeSignature chooses the form of a method by its parameters: a context, then
// an id, params or a document, then options.
func (p *goPackage) takeSignature(made *method, service *types.Named, m *types.Func) error {
	parts := []string{"by"}
	for in := range m.Signature().Params().Variables() {
		switch t := in.Type().Underlying().(type) {
		case *types.Basic:
			if t.Kind() != types.String || len(made.Args) > 0 {
				return fmt.Errorf("%s is not one id", in.Name())
			}
			parts = append(parts, "ID")
			made.Args = []string{strings.ToUpper(strings.ReplaceAll(kebab(in.Name()), "-", "_"))}
		case *types.Struct:
			parts = append(parts, "Params")
			p.takeParams(made, in.Type())
		case *types.Slice:
			if t.Elem() == types.Universe.Lookup("byte").Type() {
				parts = append(parts, "Document")
				made.Body = "documentBody"
			}
		}
	}
	form := strings.Join(parts, "")
	made.Form = strings.ReplaceAll(strings.ReplaceAll(form, "IDP", "IDAndP"), "IDD", "IDAndD")
	value := m.Signature().Results().At(0).Type()
	made.Times = timesIn(value, nil)
	if strings.HasPrefix(typeName(value), "List") {
		p.takeList(made, service, m)
	} else if slices.ContainsFunc(made.Params, func(f param) bool { return f.Field != "" }) || len(made.Nested) > 0 {
		made.Body = "jsonBody"
	}
	return nil
}

// takeList chooses the form of a list.
func (p *goPackage) takeList(made *method, service *types.Named, m *types.Func) {
	all := methodNamed(service, "All"+strings.TrimPrefix(m.Name(), "List"))
	if all == nil {
		made.List, made.Form = "wholeList", "whole"
		return
	}
	made.List = "pagedList"
	made.Form = "paged"
	if len(made.Args) > 0 {
		made.Form = "pagedByID"
	}
	made.Call += ", " + p.expression(service, all.Name())
	made.Params = slices.DeleteFunc(made.Params, func(f param) bool { return f.Field == "Limit" })
}

// timesIn returns the JSON names of all fields of a type that are times.
func timesIn(t types.Type, found []string) []string {
	switch t := t.(type) {
	case *types.Pointer:
		return timesIn(t.Elem(), found)
	case *types.Slice:
		return timesIn(t.Elem(), found)
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return found
	}
	for i := range s.NumFields() {
		name := jsonName(s, i)
		switch {
		case typeName(s.Field(i).Type()) != "Time":
			found = timesIn(s.Field(i).Type(), found)
		case !slices.Contains(found, name):
			found = append(found, name)
		}
	}
	return found
}
