package wire

import (
	"bytes"
	"slices"
)

// Drift is one difference between a document and what its reader knows: names
// and kinds, never a value. [idem.Drift] describes the fields.
type Drift struct {
	Kind, Path, Field, Want, Got string

	Kept bool // of DriftType: the value could be read all the same
}

// The kinds of drift, as in package idem.
const (
	DriftUnknownField = "unknown field"
	DriftMissingField = "missing field"
	DriftType         = "type"
	DriftItem         = "item left out"
	DriftValue        = "unknown value"
	DriftTag          = "type tag"
)

// cutMark is the path of the last drift of a list that was cut.
const cutMark = "..."

// Loses reports whether the value lacks something because of the drift.
func (d Drift) Loses() bool { return d.Kind == DriftItem || d.Kind == DriftType && !d.Kept }

// maxDrift bounds the drift of one document.
const maxDrift = 100

// driftList is a document's drift. What loses nothing is listed once for each
// field of a type, with its first path.
type driftList struct {
	list []Drift
	keys []driftKey // of the same index; zero for what is not listed once
}

type driftKey struct {
	of         *Type
	kind, name string
}

func (l *driftList) len() int { return len(l.list) }

func (l *driftList) cut(n int) { l.list, l.keys = l.list[:n], l.keys[:n] }

// add lists a drift. Once the list is full, its last entry stands for the rest
// and has the gravest kind of it.
func (l *driftList) add(d Drift) { l.addAs(d, driftKey{}) }

func (l *driftList) addAs(d Drift, key driftKey) {
	switch {
	case len(l.list) == maxDrift:
		d = Drift{Kind: d.Kind, Path: cutMark, Kept: d.Kept}
		key = driftKey{}
		fallthrough
	case len(l.list) < maxDrift:
		l.list, l.keys = append(l.list, d), append(l.keys, key)
	default:
		if mark := &l.list[maxDrift]; gravity(&d) > gravity(mark) {
			mark.Kind, mark.Kept = d.Kind, d.Kept
		}
	}
}

func gravity(d *Drift) int {
	switch {
	case d.Kind == DriftItem:
		return 2
	case d.Loses():
		return 1
	default:
		return 0
	}
}

// full reports whether nothing that loses nothing has room.
func (l *driftList) full() bool { return len(l.list) > maxDrift }

// lists reports whether a drift is listed that is listed once.
func (l *driftList) lists(of *Type, kind string, name []byte) bool {
	return slices.ContainsFunc(l.keys, func(k driftKey) bool {
		return k.of == of && k.kind == kind && k.name == string(name)
	})
}

// at reports whether a drift of the field at a path is listed.
func (l *driftList) at(path string) bool {
	return slices.ContainsFunc(l.list, func(d Drift) bool { return d.Path == path })
}

// here is the innermost object, whose field is being read; nil: none.
func (s *slow) here() *segment {
	for i := len(s.path) - 1; i >= 0; i-- {
		if s.path[i].of != nil {
			return &s.path[i]
		}
	}
	return nil
}

// field is the contract's name of the field being read.
func (s *slow) field() string {
	if at := s.here(); at != nil {
		return at.of.Name + "." + string(at.name)
	}
	return ""
}

// note lists a drift of the field being read once.
func (s *slow) note(d Drift) {
	at := s.here()
	if at == nil || s.drift.full() || s.drift.lists(at.of, d.Kind, at.name) {
		return
	}
	d.Path, d.Field = s.String(), s.field()
	s.drift.addAs(d, driftKey{at.of, d.Kind, string(at.name)})
}

// noteUnknown lists a field that the type does not have once.
func (s *slow) noteUnknown(name []byte, r *Reader) {
	at := s.here()
	if at == nil || s.drift.full() || s.drift.lists(at.of, DriftUnknownField, name) {
		return
	}
	shown := identifier(name)
	if shown == notIdentifier && s.drift.lists(at.of, DriftUnknownField, []byte(shown)) {
		return
	}
	at.name = []byte(shown)
	s.note(Drift{Kind: DriftUnknownField, Got: r.jsonType()})
}

// noteEnded is note for a field of the object that has ended.
func (s *slow) noteEnded(kind, name string) {
	if s.drift.full() || s.drift.lists(s.ended, kind, []byte(name)) {
		return
	}
	d := Drift{Kind: kind, Path: name, Field: s.ended.Name + "." + name, Want: s.ended.want(name)}
	if len(s.path) > 0 {
		d.Path = s.String() + "." + name
	}
	s.drift.addAs(d, driftKey{s.ended, kind, name})
}

func (s *slow) missing(of *Type, fields uint64) {
	for i, f := range of.Fields {
		if fields&(1<<i) != 0 {
			s.noteEnded(DriftMissingField, f.Name)
		}
	}
}

func (s *slow) saw(field int, how fit) {
	if at := s.here(); at != nil && s.observed != nil {
		s.observed.add(at.of, field, how)
	}
}

// differs notes that the value just read is not as the type describes it.
func (r *Reader) differs(d Drift) {
	if r.slow == nil {
		r.giveUp()
		return
	}
	r.last = differs
	r.slow.note(d)
}

// kept notes that a value of another type could be read as the wanted one.
func (r *Reader) kept(want string, start int) {
	r.differs(Drift{Kind: DriftType, Want: want, Got: jsonType(r.text[start:r.at]), Kept: true})
}

// jsonType names the type of the value that comes next; "" for null.
func (r *Reader) jsonType() string {
	first := r.peek()
	if r.numeral(first) {
		ahead := Reader{text: r.text, at: r.at}
		return jsonType(ahead.number())
	}
	return jsonType(r.text[r.at:min(r.at+1, len(r.text))])
}

// jsonType names the type of a value; of a number all of it is needed.
func jsonType(value []byte) string {
	if len(value) == 0 {
		return ""
	}
	switch value[0] {
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "boolean"
	case 'n':
		return ""
	}
	if bytes.ContainsAny(value, ".eE") || !isNumber(value) {
		return "number"
	}
	return "integer"
}

const notIdentifier = "(a name that is not an identifier)"

// identifier returns a name that came if it looks like one of a field: an
// object may have personal data for names.
func identifier(name []byte) string {
	if len(name) == 0 || len(name) > maxName || isDigit(name[0]) {
		return notIdentifier
	}
	for _, b := range name {
		letter := b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
		if !letter && !isDigit(b) && b != '_' && b != '-' && b != '.' {
			return notIdentifier
		}
	}
	return string(name)
}
