package main

import (
	"go/constant"
	"go/types"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// param is a field of the params as a flag.
type param struct {
	Flag, Field, Kind, Usage string
	Required                 bool
	Values                   []string
}

// wholeRequired matches a comment that requires a type's first fields.
var wholeRequired = regexp.MustCompile(`(All|The first) (three|four) fields are\s+required`)

var numbers = map[string]int{"three": 3, "four": 4}

// takeParams adds a flag for each field that fits one. The others can be set by
// a body alone.
func (p *goPackage) takeParams(made *method, t types.Type) {
	named, _ := t.(*types.Named)
	first := 0
	if m := wholeRequired.FindStringSubmatch(p.docs[named.Obj()]); m != nil {
		first = numbers[m[2]]
	}
	s, _ := t.Underlying().(*types.Struct)
	for i := range s.NumFields() {
		field := s.Field(i)
		if field.Name() == "Extra" {
			continue
		}
		f := param{Field: jsonName(s, i), Kind: kindOf(field.Type())}
		f.Usage, f.Required = p.usage(field)
		f.Required = f.Required || i < first
		f.Values = p.valuesOf(field.Type())
		named := func(v string) bool { return slices.Contains(strings.Fields(f.Usage), v) }
		if slices.ContainsFunc(f.Values, named) { // the usage says which of them fit
			f.Values = slices.DeleteFunc(f.Values, func(v string) bool { return !named(v) })
		}
		f.Flag = kebab(f.Field)
		if f.Field == "-" {
			f.Kind, f.Field, f.Flag = "goTextParam", field.Name(), kebab(field.Name())
		}
		if f.Kind == "" {
			made.Nested = append(made.Nested, f.Field)
			continue
		}
		if f.Kind == "secretParam" {
			f.Flag += "-file"
			f.Usage += ", from a `FILE`, or - for standard input"
		}
		made.Params = append(made.Params, f)
	}
	for i := range made.Params {
		made.Params[i].Usage = made.inFlags(made.Params[i].Usage)
	}
}

var jsonField = regexp.MustCompile(`\b[a-z]+(_[a-z]+)+\b`)

// inFlags names the fields that a text is about by their flags.
func (m *method) inFlags(usage string) string {
	return jsonField.ReplaceAllStringFunc(usage, func(field string) string {
		for _, p := range m.Params {
			if p.Field == field || p.Flag == kebab(field) {
				return "--" + p.Flag
			}
		}
		return field
	})
}

func jsonName(s *types.Struct, i int) string {
	name, _, _ := strings.Cut(reflect.StructTag(s.Tag(i)).Get("json"), ",")
	if name == "" {
		return s.Field(i).Name()
	}
	return name
}

// kindOf returns how a flag's text becomes a field of a type; "" if it cannot.
func kindOf(t types.Type) string {
	if pointer, ok := t.(*types.Pointer); ok {
		if _, isStruct := pointer.Elem().Underlying().(*types.Struct); isStruct {
			return ""
		}
		t = pointer.Elem()
	}
	switch typeName(t) {
	case "Secret":
		return "secretParam"
	case "Time":
		return "timeParam"
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			return "textParam"
		case u.Info()&types.IsInteger != 0:
			return "intParam"
		case u.Info()&types.IsFloat != 0:
			return "floatParam"
		case u.Info()&types.IsBoolean != 0:
			return "boolParam"
		}
	case *types.Slice:
		if basic, ok := u.Elem().(*types.Basic); ok && basic.Kind() == types.String {
			return "textsParam"
		}
	}
	return ""
}

// typeName returns the name of a type, without its package, also through a
// pointer; "" if it has none.
func typeName(t types.Type) string {
	if pointer, ok := t.(*types.Pointer); ok {
		t = pointer.Elem()
	}
	switch t := t.(type) {
	case *types.Named:
		return t.Obj().Name()
	case *types.Alias:
		return t.Obj().Name()
	}
	return ""
}

// valuesOf returns the constants of an open set.
func (p *goPackage) valuesOf(t types.Type) []string {
	if _, ok := t.(*types.Named); !ok {
		return nil
	}
	type value struct {
		at   int
		text string
	}
	var found []value
	scope := p.Types.Scope()
	for _, name := range scope.Names() {
		c, ok := scope.Lookup(name).(*types.Const)
		if ok && c.Exported() && types.Identical(c.Type(), t) && c.Val().Kind() == constant.String {
			found = append(found, value{int(c.Pos()), constant.StringVal(c.Val())})
		}
	}
	// As they are declared.
	texts := make([]string, 0, len(found))
	for len(found) > 0 {
		least := 0
		for i := range found {
			if found[i].at < found[least].at {
				least = i
			}
		}
		texts = append(texts, found[least].text)
		found = append(found[:least], found[least+1:]...)
	}
	return texts
}
