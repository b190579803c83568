package wire

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// slow is the state of a [Reader] in its second reading.
type slow struct {
	path  []segment
	drift []Drift
	// faults lists the essential fields that are missing or do not fit: of the
	// item being read, or of the document outside of lists.
	faults []string
}

// segment is one step of a path: a field of an object, or an item of a list.
type segment struct {
	name  []byte
	exact map[string]bool // names of the object's fields; nil: a list
	index int
}

const (
	maxDrift = 100    // bounds the listed paths
	maxName  = 64     // bounds the length of names compared in another letter case
	maxNames = 10_000 // bounds the remembered names of one object
)

func (s *slow) String() string {
	var b strings.Builder
	for i, step := range s.path {
		switch {
		case step.exact == nil:
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

func (s *slow) drifts(d Drift) {
	switch {
	case len(s.drift) < maxDrift:
		s.drift = append(s.drift, d)
	case len(s.drift) == maxDrift:
		s.drift = append(s.drift, Drift{Kind: d.Kind, Path: cutMark})
	case d.Kind == DriftItem:
		s.drift[maxDrift].Kind = DriftItem
	}
}

// fault notes an essential field that the object just read lacks.
func (s *slow) fault(name string) {
	if len(s.path) > 0 {
		name = s.String() + "." + name
	}
	s.faults = append(s.faults, name)
}

func (r *Reader) misfit() {
	switch {
	case r.stuck:
	case r.peek() == 'n':
		r.null()
	default:
		r.unfit()
	}
}

func (r *Reader) unfit() {
	if r.slow == nil {
		r.giveUp()
		return
	}
	s := r.slow
	must := r.exact || len(s.path) > 0 && s.path[len(s.path)-1].exact == nil
	path := s.String()
	r.skip(maxSkipped)
	switch {
	case r.stuck:
	case must:
		s.faults = append(s.faults, path)
	default:
		s.drifts(Drift{Kind: DriftType, Path: path})
	}
}

func (r *Reader) openObject() {
	exact := map[string]bool{}
	look := Reader{text: r.text, at: r.at}
	for more := look.enter('}'); more && len(exact) < maxNames; more = look.more('}') {
		name, _ := look.rawName()
		look.skip(maxSkipped)
		if plainName(name) {
			exact[string(name)] = true
		}
	}
	r.slow.path = append(r.slow.path, segment{exact: exact})
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
	drift  int
}

func (r *Reader) beginItem() outside {
	s := r.slow
	if s == nil {
		return outside{}
	}
	s.path[len(s.path)-1].index++
	out := outside{faults: s.faults, drift: len(s.drift)}
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
		s.drift = s.drift[:out.drift]
		s.drifts(Drift{Kind: DriftItem, Path: s.String()})
	}
	s.faults = out.faults
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
		if known := fold(name); plainName(known) && !top.exact[string(known)] {
			name = known
		}
	}
	top.name = name
	return name, true
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
