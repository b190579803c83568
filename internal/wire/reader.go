package wire

import (
	"bytes"
	"fmt"
)

// Reader reads a JSON document in one pass, for generated code that knows which
// fields to expect: reading a response with encoding/json takes as long as the rest
// of a call.
//
// It first takes what servers write as a rule, and gives up at the rest. [DecodeBy]
// then reads the document again, slowly: with the path of each field, field names in
// any letter case, and values that do not fit their fields. Both readings follow the
// same rules and find the same values.
//
//   - A string field takes a number, digit by digit. A number field takes a number in
//     a string. A time takes what [Millis] takes.
//   - Names are compared exactly; where no name of the object is exact, one in another
//     letter case counts. Of names that come twice, the last one counts.
//   - Null leaves a field as it was.
//   - A value that does not fit leaves its field as it was. The path is reported as
//     drift, or as a fault where the field must fit ([Reader.Exact]).
//   - An item of a list with a fault, or that is itself of another type, is left out,
//     and its path is drift: one odd item does not lose the page.
//   - NaN, Infinity and -Infinity are values that fit no field.
type Reader struct {
	text  []byte
	at    int
	items int32 // of lists, so far
	stuck bool
	many  bool  // too many items are why
	exact bool  // the value that comes next must fit
	lacks bool  // something that is required is missing
	slow  *slow // nil in the first reading
}

// DecodeBy reads one JSON object into a new T with a function that reads a T. A byte
// order mark is skipped, and unknown fields are ignored. Drift holds the paths of the
// fields whose values did not fit, and of the items that were left out, at most
// 100 of them.
//
// An error is a *[DecodeError], with a nil value, or an *[IncompleteError], beside the
// value as far as it could be read.
func DecodeBy[T any](body []byte, read func(*Reader, *T)) (value *T, drift []string, err error) {
	body = bytes.TrimPrefix(body, []byte(byteOrderMark))
	r := Reader{text: body}
	if r.peek() != '{' {
		return nil, nil, &DecodeError{Reason: "not a JSON object"}
	}
	value = new(T)
	read(&r, value)
	if r.done() && !r.lacks {
		return value, nil, nil
	}
	return decodeSlowly(body, read)
}

// decodeSlowly is the second reading of DecodeBy.
func decodeSlowly[T any](body []byte, read func(*Reader, *T)) (value *T, drift []string, err error) {
	s := new(slow)
	r := Reader{text: body, slow: s}
	value = new(T)
	read(&r, value)
	switch {
	case !r.done():
		return nil, nil, r.err()
	case len(s.faults) > 0:
		return value, s.drift, &IncompleteError{Fields: s.faults}
	default:
		return value, s.drift, nil
	}
}

const byteOrderMark = "\ufeff"

// err says why the document was not read to its end.
func (r *Reader) err() error {
	if r.many {
		return &DecodeError{Reason: "a list has too many items"}
	}
	return &DecodeError{Reason: fmt.Sprintf("not valid JSON at byte %d", r.at)}
}

// Object enters an object, and returns the name of its first field. There is none
// (not ok) in an empty object, in null, and in a value of another type.
func (r *Reader) Object() (name []byte, ok bool) {
	if r.peek() != '{' {
		r.misfit()
		return nil, false
	}
	r.exact = false
	if r.slow != nil {
		r.openObject()
	}
	if !r.enter('}') {
		r.close()
		return nil, false
	}
	return r.name()
}

// Next returns the name of the next field, once the value of the last one is read.
// There is none (not ok) at the object's end.
func (r *Reader) Next() (name []byte, ok bool) {
	r.exact = false
	if !r.more('}') {
		r.close()
		return nil, false
	}
	return r.name()
}

// Skip passes over the value of a field whose name is not known.
func (r *Reader) Skip(name []byte) {
	if r.slow == nil && !plainName(name) {
		r.giveUp() // perhaps a known name in capitals
		return
	}
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

// Exact says of the value that is read next that it must fit: an id, an amount or a
// status never becomes zero because it is of another type.
func (r *Reader) Exact() *Reader {
	r.exact = true
	return r
}

// Require reports a fault of the object that was just read unless it has the
// essential field of this name.
func (r *Reader) Require(name string, has bool) {
	if has {
		return
	}
	r.lacks = true
	if r.slow != nil && !r.stuck {
		r.slow.fault(name)
	}
}
