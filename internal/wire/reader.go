package wire

import (
	"bytes"
	"fmt"
)

// Reader reads a JSON document in one pass, for generated code that knows its
// fields: encoding/json would take as long as the rest of a call.
//
// It first accepts what servers usually write, and gives up at the rest.
// [DecodeBy] then reads the document again, slowly: with the path of each
// field, field names in any letter case, and values that do not fit their
// fields. Both readings follow the same rules and find the same values.
//
//   - A string field takes a number, digit by digit. A number field takes a
//     number in a string. A time takes what [Millis] takes.
//   - Names match exactly; without an exact match in the object, a name in
//     another letter case counts. Of duplicate names the last one counts.
//   - Null leaves a field as it was.
//   - A value that does not fit leaves its field as it was. It is drift, and a
//     fault if the field must fit ([Reader.Exact]).
//   - A list's item with a fault, or of another type, is left out, which is
//     drift: one odd item does not lose the page.
//   - NaN, Infinity and -Infinity fit no field.
//   - Any other difference from the [Type] is drift, and changes no value.
type Reader struct {
	text  []byte
	at    int
	items int32 // of lists, so far; negative: too many
	stuck bool
	exact bool  // the value that comes next must fit
	lacks bool  // something that is required is missing
	last  fit   // of the value just read
	slow  *slow // nil in the first reading
}

// DecodeBy reads one JSON object into a new T with read. It skips a byte order
// mark. Seen, if not nil, gets the fields that came. Drift lists how the document differs from
// what read knows, at most 100 entries.
//
// The error is a *[DecodeError], with a nil value, or an *[IncompleteError],
// with the value as far as it could be read.
func DecodeBy[T any](body []byte, read func(*Reader, *T), seen *Seen) (value *T, drift []Drift, err error) {
	body = bytes.TrimPrefix(body, []byte(byteOrderMark))
	r := Reader{text: body}
	if r.peek() != '{' {
		return nil, nil, &DecodeError{Reason: "not a JSON object"}
	}
	if seen != nil {
		seen.types = nil
		return decodeSlowly(body, read, seen)
	}
	value = new(T)
	read(&r, value)
	if r.done() && !r.lacks {
		return value, nil, nil
	}
	return decodeSlowly(body, read, nil)
}

func decodeSlowly[T any](
	body []byte, read func(*Reader, *T), seen *Seen,
) (value *T, drift []Drift, err error) {
	s := &slow{observed: seen}
	r := Reader{text: body, slow: s}
	value = new(T)
	read(&r, value)
	switch {
	case !r.done():
		return nil, nil, r.err()
	case len(s.faults) > 0:
		return value, s.drift.list, &IncompleteError{Fields: s.faults}
	default:
		return value, s.drift.list, nil
	}
}

const byteOrderMark = "\ufeff"

// err returns why the document was not read to its end.
func (r *Reader) err() error {
	if r.items < 0 {
		return &DecodeError{Reason: "a list has too many items"}
	}
	return &DecodeError{Reason: fmt.Sprintf("not valid JSON at byte %d", r.at)}
}

// Object enters an object, and returns the name of its first field. It is not
// ok for an empty object, null, and a value of another type.
func (r *Reader) Object(of *Type) (name []byte, ok bool) {
	if r.peek() != '{' {
		r.misfit("object")
		return nil, false
	}
	r.exact, r.last = false, fits
	if r.slow != nil {
		r.slow.path = append(r.slow.path, segment{of: of, start: r.at})
	}
	if !r.enter('}') {
		r.close()
		return nil, false
	}
	return r.name()
}

// Next returns the next field's name, after the last one's value was read. It
// is not ok at the end.
func (r *Reader) Next() (name []byte, ok bool) {
	r.exact = false
	if !r.more('}') {
		r.close()
		return nil, false
	}
	return r.name()
}

// Skip skips the value of an unknown field.
func (r *Reader) Skip(name []byte) {
	if r.slow == nil {
		r.giveUp() // it may be a known name in capitals, and is drift if not
		return
	}
	r.slow.noteUnknown(name, r)
	r.skip(maxSkipped)
}

// plainName reports whether a name is written as the API writes them.
func plainName(name []byte) bool {
	for _, b := range name {
		if !isDigit(b) && (b < 'a' || b > 'z') && b != '_' {
			return false
		}
	}
	return true
}

// Exact requires the next value to fit: an id, an amount or a status must not
// become zero because it has another type.
func (r *Reader) Exact() *Reader {
	r.exact = true
	return r
}

// Saw marks a field of the type as seen, after its value was read.
func (r *Reader) Saw(field int) uint64 {
	if r.last == fits && r.slow == nil { // the rule
		return 1 << field
	}
	return r.saw(field)
}

func (r *Reader) saw(field int) uint64 {
	last := r.last
	r.last = fits
	if r.slow != nil {
		r.slow.saw(field, last)
	}
	if last == isNull {
		return 0
	}
	return 1 << field
}

// End ends the reading of an object with the fields that were seen: of the
// others, each that the type expects is missing. It does nothing if there was
// no object.
func (r *Reader) End(of *Type, seen uint64) {
	missing := of.Expected &^ seen
	if r.slow != nil {
		r.slow.ended = of
	}
	if missing == 0 || r.last != fits || r.stuck {
		return
	}
	r.lacks = true
	if r.slow == nil {
		r.giveUp()
		return
	}
	r.slow.missing(of, missing)
}

// Require reports a fault of the object just read if the field is missing.
func (r *Reader) Require(name string, has bool) {
	if has {
		return
	}
	r.lacks = true
	if r.slow != nil && !r.stuck {
		r.slow.fault(name)
	}
}
