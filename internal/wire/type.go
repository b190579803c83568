package wire

// Type describes the objects that a reader reads, so that drift is noticed.
type Type struct {
	Name     string  // of the contract
	Fields   []Field // in the contract's order; at most 64
	Expected uint64  // a bit for each field that is never absent, the first one lowest
}

// Field is a field of a [Type].
type Field struct {
	Name string // in JSON
	Want string // its JSON type, as in [Drift]
}

// want returns the JSON type of a field; "" if the type has none of this name.
func (t *Type) want(name string) string {
	for _, f := range t.Fields {
		if f.Name == name {
			return f.Want
		}
	}
	return ""
}

// fit is how a value fits its field.
type fit uint8

const (
	fits    fit = iota
	isNull      // there is none
	differs     // it was read, and is not as the type describes it
	misfits     // it could not be read
)

// Seen counts what one document has of each type.
type Seen struct{ types []seenType }

type seenType struct {
	of          *Type
	seen, unfit uint64 // a bit for each field
}

// Each calls f for each type that the document has, with a bit for each field
// that came, and for each that came at least once in another form.
func (s *Seen) Each(f func(of *Type, seen, unfit uint64)) {
	for _, t := range s.types {
		f(t.of, t.seen, t.unfit)
	}
}

func (s *Seen) add(of *Type, field int, how fit) {
	if how == isNull {
		return
	}
	at := s.at(of)
	at.seen |= 1 << field
	if how != fits {
		at.unfit |= 1 << field
	}
}

func (s *Seen) at(of *Type) *seenType {
	for i := range s.types {
		if s.types[i].of == of {
			return &s.types[i]
		}
	}
	s.types = append(s.types, seenType{of: of})
	return &s.types[len(s.types)-1]
}
