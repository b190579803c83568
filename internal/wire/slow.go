package wire

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// slow is the state of a [Reader] in its second reading.
type slow struct {
	path  []segment
	drift driftList
	// faults lists the essential fields that are missing or do not fit: of the
	// item being read, or of the document outside of lists.
	faults   []string
	cause    Drift // of the first of them
	ended    *Type // of the object read last
	observed *Seen // gets the fields that came; nil: not wanted
}

// segment is one step of a path: a field of an object, or an item of a list.
type segment struct {
	of    *Type // the object's; nil: a list
	name  []byte
	start int             // where the object begins
	exact map[string]bool // names of the object's fields; nil: not needed yet
	index int
}

const (
	maxName  = 64     // bounds the length of names compared in another letter case
	maxNames = 10_000 // bounds the remembered names of one object
)

// String is the path to where the reading is.
func (s *slow) String() string {
	var b strings.Builder
	for i, step := range s.path {
		switch {
		case step.of == nil:
			b.WriteString("[" + strconv.Itoa(step.index) + "]")
		case i > 0:
			b.WriteByte('.')
			b.Write(step.name)
		default:
			b.Write(step.name)
		}
	}
	return b.String()
}

// fault notes an essential field that the object just read lacks.
func (s *slow) fault(name string) {
	path := name
	if len(s.path) > 0 {
		path = s.String() + "." + name
	}
	s.addFault(path, Drift{Field: s.ended.Name + "." + name, Want: s.ended.want(name)})
	if !s.drift.at(path) {
		s.noteEnded(DriftMissingField, name)
	}
}

func (s *slow) addFault(path string, cause Drift) {
	if len(s.faults) == 0 {
		s.cause = cause
	}
	s.faults = append(s.faults, path)
}

// misfit is for a value that is not of the wanted type; null is of each.
func (r *Reader) misfit(want string) {
	switch {
	case r.stuck:
	case r.peek() == 'n':
		r.null()
	default:
		r.unfit(want)
	}
}

func (r *Reader) unfit(want string) {
	r.last = misfits
	if r.slow == nil {
		r.giveUp()
		return
	}
	s := r.slow
	must := r.exact || len(s.path) > 0 && s.path[len(s.path)-1].of == nil
	d := Drift{Kind: DriftType, Path: s.String(), Field: s.field(), Want: want, Got: r.jsonType()}
	if d.Got == "" {
		d.Kind = DriftMissingField
	}
	r.skip(maxSkipped)
	if r.stuck {
		return
	}
	if must {
		s.addFault(d.Path, d)
	}
	s.drift.add(d)
}

func (r *Reader) openList() {
	if r.slow != nil {
		r.slow.path = append(r.slow.path, segment{index: -1})
	}
}

func (r *Reader) close() {
	if r.slow != nil && len(r.slow.path) > 0 {
		r.slow.path = r.slow.path[:len(r.slow.path)-1]
	}
}

type outside struct {
	faults []string
	cause  Drift
	drift  int
}

func (r *Reader) beginItem() outside {
	s := r.slow
	if s == nil {
		return outside{}
	}
	s.path[len(s.path)-1].index++
	out := outside{faults: s.faults, cause: s.cause, drift: s.drift.len()}
	s.faults = nil
	return out
}

func (r *Reader) leaveOut(out outside) bool {
	s := r.slow
	if s == nil || r.stuck {
		return false
	}
	bad := len(s.faults) > 0
	if bad {
		s.drift.cut(out.drift)
		d := s.cause
		d.Kind, d.Path = DriftItem, s.String()
		s.drift.add(d)
	}
	s.faults, s.cause = out.faults, out.cause
	return bad
}

// slowName reads a field's name, in any letter case if none matches exactly.
func (r *Reader) slowName() (name []byte, ok bool) {
	name, ok = r.rawName()
	if !ok {
		return nil, false
	}
	top := &r.slow.path[len(r.slow.path)-1]
	if !plainName(name) && len(name) <= maxName {
		if known := fold(name); plainName(known) && !r.exactNames(top)[string(known)] {
			if top.of.want(string(known)) != "" {
				r.slow.noteUnknown(name, r) // the contract has it in other letters
			}
			name = known
		}
	}
	top.name = name
	return name, true
}

// exactNames returns the names of the object's fields that are plain.
func (r *Reader) exactNames(object *segment) map[string]bool {
	if object.exact != nil {
		return object.exact
	}
	object.exact = map[string]bool{}
	look := Reader{text: r.text, at: object.start}
	for more := look.enter('}'); more && len(object.exact) < maxNames; more = look.more('}') {
		name, _ := look.rawName()
		look.skip(maxSkipped)
		if plainName(name) {
			object.exact[string(name)] = true
		}
	}
	return object.exact
}

// fold lowers a name's case, including the characters that package json equates
// with ASCII: the long s and the Kelvin sign.
func fold(name []byte) []byte {
	out := make([]byte, 0, len(name))
	for rest := name; len(rest) > 0; {
		b, size := utf8.DecodeRune(rest)
		switch {
		case b >= 'A' && b <= 'Z':
			out = append(out, rest[0]-'A'+'a')
		case b == '\u017f':
			out = append(out, 's')
		case b == '\u212a':
			out = append(out, 'k')
		default:
			out = append(out, rest[:size]...)
		}
		rest = rest[size:]
	}
	return out
}
