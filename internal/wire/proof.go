package wire

import (
	"bytes"
	"slices"
	"strings"
)

// Proof is what the body of a success proves about its operation.
type Proof uint8

const (
	ProvesNothing   Proof = iota // any intermediary may have written it
	ProvesField                  // it has a field that only the operation's own type has
	ProvesExecution              // it has the type's tag, or all of its essential fields
	ProvesOther                  // it is a list, an error, or has the tag of another type
)

// Tags are the values of the field "object" that name an object's type.
type Tags struct {
	Own      []string // the type's; empty: it has none
	Inferred bool     // no documentation has the tags: an unknown one proves nothing
	Known    []string // the tags of all types
}

func (t *Tags) fit(tag string) bool {
	return tag == "" || len(t.Own) == 0 || t.own(tag) || t.Inferred && !contains(t.Known, tag)
}

func (t *Tags) own(tag string) bool { return contains(t.Own, tag) }

func contains(tags []string, tag string) bool {
	return slices.ContainsFunc(tags, func(one string) bool { return strings.EqualFold(one, tag) })
}

// Tag reports a fault of the object just read if its tag names another type. A
// tag that no type is known to have is drift if the type's own are inferred.
func (r *Reader) Tag(tag string, of *Tags) {
	switch {
	case tag == "" || len(of.Own) == 0 || of.own(tag):
	case r.slow == nil:
		r.giveUp()
	case !r.stuck:
		r.slow.noteEnded(DriftTag, tagField)
		r.Require(tagField, of.fit(tag))
	}
}

const tagField = "object"

// Shape describes how to recognise the objects of a type.
type Shape struct {
	Tags      Tags       // name the type
	Essential [][]string // the fields that a caller needs; of each group one is enough
	Telling   []string   // the type's fields that pages of gateways do not have
}

var ListShape = Shape{
	Tags:      Tags{Own: []string{"list"}},
	Essential: [][]string{{"data"}},
	Telling:   []string{"has_more"},
}

// Prove returns what the body of a success proves. The text may be cut: only
// complete parts count. A whole object with all essential fields is complete.
func (s *Shape) Prove(text []byte) (proof Proof, complete bool) {
	f, whole, object := topLevel(text)
	if !object {
		if f.list {
			return ProvesOther, false
		}
		return ProvesNothing, false
	}
	tag, tagged := f.tag()
	all := s.essential(f)
	switch {
	case f.failed, tagged && len(s.Tags.Own) > 0 && !s.Tags.fit(tag):
		return ProvesOther, false
	case tagged && s.Tags.own(tag), all:
		return ProvesExecution, whole && all
	case slices.ContainsFunc(s.Telling, f.hasTelling):
		return ProvesField, false
	default:
		return ProvesNothing, false
	}
}

func (s *Shape) essential(f fields) bool {
	for _, group := range s.Essential {
		if !slices.ContainsFunc(group, f.has) {
			return false
		}
	}
	return len(s.Essential) > 0
}

type fields struct {
	value  map[string][]byte
	exact  map[string]bool
	failed bool // it has an error
	list   bool // it is an array
}

// topLevel reads the fields of an object, and reports whether it is whole, and
// whether it is an object at all.
func topLevel(text []byte) (f fields, whole, object bool) {
	r := Reader{text: bytes.TrimPrefix(text, []byte(byteOrderMark))}
	if first := r.peek(); first != '{' {
		f.list = first == '['
		return f, false, false
	}
	f.value, f.exact = map[string][]byte{}, map[string]bool{}
	for more := r.enter('}'); more; more = r.more('}') {
		name, ok := r.rawName()
		if !ok {
			break
		}
		start := r.start()
		r.skip(maxSkipped)
		if r.stuck || r.at == len(r.text) && r.text[start] != '"' { // it may have been cut
			f.cut(name, r.text[start:])
			r.giveUp()
			break
		}
		f.keep(name, r.text[start:r.at])
	}
	f.failed = f.failed || !noError(f.value["error"])
	return f, r.done(), true
}

func (r *Reader) start() int {
	r.peek()
	return r.at
}

// keep keeps a field. A name in another letter case yields to an exact one.
func (f *fields) keep(name, value []byte) {
	known, exact := string(fold(name)), plainName(name)
	if len(f.value) == maxNames || f.exact[known] && !exact {
		return
	}
	f.value[known], f.exact[known] = value, exact
}

// cut reads a value that may be cut: an error's beginning counts as an error.
func (f *fields) cut(name, value []byte) {
	if strings.EqualFold(string(name), "error") && len(value) > 0 && value[0] != 'n' && value[0] != 'f' {
		f.failed = true
	}
}

// tag returns the value of the field "object", and whether the field exists. A
// value that is not text is an unknown tag.
func (f *fields) tag() (tag string, tagged bool) {
	raw := f.value["object"]
	if len(raw) == 0 || string(raw) == "null" {
		return "", false
	}
	if text, ok := unquote(raw); ok {
		return text, text != ""
	}
	return string(raw), true
}

// has reports whether the object has an essential field of this name: a
// non-empty text or number, or the list of a page.
func (f *fields) has(name string) bool {
	switch raw := string(f.value[name]); {
	case raw == "", raw == `""`:
		return false
	case name == "data":
		return raw[0] == '['
	default:
		return raw[0] == '"' || raw[0] == '-' || isDigit(raw[0])
	}
}

// hasTelling is has for a telling field, which may also be true or false.
func (f *fields) hasTelling(name string) bool {
	raw := string(f.value[name])
	return f.has(name) || raw == "true" || raw == "false"
}

func noError(value []byte) bool {
	switch string(bytes.Join(bytes.Fields(value), nil)) {
	case "", "null", "false", `""`, "[]":
		return true
	default:
		return false
	}
}

// HasError reports whether a JSON object has an error: a field "error" at its
// top, of any value but null, false, "" and []. An empty object is an error.
func HasError(text []byte) bool {
	signs := func(sign string) bool { return bytes.Contains(text, []byte(sign)) }
	if !signs(`rror"`) && !signs(`RROR"`) && !signs(`\u00`) {
		return false // most successes need no second reading
	}
	f, whole, _ := topLevel(text)
	return whole && f.failed
}
