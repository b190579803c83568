package fakeserver

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bardge/bardge-go/internal/jsontree"
)

// Shape is what a contract names for a value in the body of a request. The zero
// value is any value but null.
type Shape struct {
	// Types are the JSON types that the value may have: "object", "array",
	// "string", "integer", "number" or "boolean"; none are all of them.
	Types []string
	// Fields are what an object has; nil is any.
	Fields map[string]Shape
	// Items is what an array has; nil is any.
	Items *Shape
	// Check returns what is wrong with the text or digits of a value of the
	// right type, such as "must be above 0", or ""; nil accepts all.
	Check func(text string) string
}

// CheckBody rejects a body that is no JSON object of a shape: what is not UTF-8,
// null, another type, and unknown or repeated fields, at any depth. Names are
// compared exactly.
func CheckBody(body []byte, shape Shape) error {
	tree, err := jsontree.ParseUnicode(body)
	if wrong, ok := errors.AsType[*jsontree.Error](err); ok {
		if wrong.Path == "" {
			return &ViolationError{"body", wrong.Reason}
		}
		return &ViolationError{wrong.Path, wrong.Reason}
	}
	if tree.Kind != jsontree.Object {
		return &ViolationError{"body", "is no JSON object"}
	}
	return shape.check("", &tree)
}

func (s *Shape) check(path string, v *jsontree.Value) error {
	switch {
	case v.Kind == jsontree.Null:
		return &ViolationError{path, "must not be null"}
	case len(s.Types) > 0 && !slices.ContainsFunc(s.Types, func(name string) bool { return isType(name, v) }):
		return &ViolationError{path, "must be of type " + strings.Join(s.Types, " or ")}
	}
	if s.Check != nil && v.IsScalar() {
		if reason := s.Check(v.Text); reason != "" {
			return &ViolationError{path, reason}
		}
	}
	for i := range v.Items {
		if s.Items == nil {
			break
		}
		if err := s.Items.check(fmt.Sprintf("%s[%d]", path, i), &v.Items[i]); err != nil {
			return err
		}
	}
	return s.checkFields(path, v)
}

func (s *Shape) checkFields(path string, v *jsontree.Value) error {
	if s.Fields == nil {
		return nil
	}
	for i := range v.Fields {
		f := &v.Fields[i]
		inner := strings.TrimPrefix(path+"."+f.Name, ".")
		shape, known := s.Fields[f.Name]
		if !known {
			return &ViolationError{strconv.Quote(inner), "is no field of this operation"}
		}
		if err := shape.check(inner, &f.Value); err != nil {
			return err
		}
	}
	return nil
}

var wholeNumber = regexp.MustCompile(`^-?\d+$`)

func isType(name string, v *jsontree.Value) bool {
	switch name {
	case "object":
		return v.Kind == jsontree.Object
	case "array":
		return v.Kind == jsontree.Array
	case "string":
		return v.Kind == jsontree.String
	case "integer":
		return v.Kind == jsontree.Number && wholeNumber.MatchString(v.Text)
	case "number":
		return v.Kind == jsontree.Number
	default:
		return v.Kind == jsontree.Bool && name == "boolean"
	}
}
