package fakeserver

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/bardge/bardge-go/internal/jsontree"
)

// bendPath is where a field is in a body: "data[].provider.id" is in every item
// of a list, "data[0].id" in its first one.
type bendPath []bendStep

// bendStep is a field's name or, if that is empty, items of a list.
type bendStep struct {
	name string
	item int // everyItem is all
}

const everyItem = -1

var pathPart = regexp.MustCompile(`^([^.\[\]\s]+)((?:\[\d{0,9}\])*)$`)

func parseBendPath(text string) (bendPath, error) {
	var path bendPath
	for part := range strings.SplitSeq(text, ".") {
		found := pathPart.FindStringSubmatch(part)
		if found == nil {
			return nil, fmt.Errorf("%q is no field, such as data[].id", text)
		}
		path = append(path, bendStep{name: found[1]})
		for item := range strings.SplitSeq(strings.TrimSuffix(found[2], "]"), "]") {
			if item == "" {
				continue
			}
			n, err := strconv.Atoi(item[1:])
			if err != nil {
				n = everyItem
			}
			path = append(path, bendStep{item: n})
		}
	}
	return path, nil
}

// knownPath is the path of a bend that was checked.
func knownPath(text string) bendPath {
	path, _ := parseBendPath(text)
	return path
}

// ofError reports whether the path is one in errors, whose envelope is a field
// "error".
func (p bendPath) ofError() bool { return p[0].name == "error" }

// last returns the path's last step, and the path of what it is in.
func (p bendPath) last() (holder bendPath, step bendStep) { return p[:len(p)-1], p[len(p)-1] }

// each visits the values at a path; there may be none.
func (p bendPath) each(v *jsontree.Value, visit func(v *jsontree.Value)) {
	if len(p) == 0 {
		visit(v)
		return
	}
	step, rest := p[0], p[1:]
	if step.name != "" {
		for i := range v.Fields {
			if v.Fields[i].Name == step.name {
				rest.each(&v.Fields[i].Value, visit)
			}
		}
		return
	}
	for i := range v.Items {
		if step.item == everyItem || step.item == i {
			rest.each(&v.Items[i], visit)
		}
	}
}

// shapeAt returns the shape at a path. A shape without fields or items is any
// value, and so is all that is in it.
func (p bendPath) shapeAt(s *Shape) (*Shape, bool) {
	if len(p) == 0 {
		return s, true
	}
	step, rest := p[0], p[1:]
	switch {
	case s.anything():
		return s, true
	case step.name == "":
		if s.Items == nil {
			return nil, false
		}
		return rest.shapeAt(s.Items)
	default:
		inner, known := s.Fields[step.name]
		if !known {
			return nil, false
		}
		return rest.shapeAt(&inner)
	}
}

func (s *Shape) anything() bool { return s.Fields == nil && s.Items == nil && len(s.Types) == 0 }
