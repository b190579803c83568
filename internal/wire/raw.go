package wire

import (
	"bytes"
	"encoding/json"
	"slices"
)

// ProveRaw is [Shape.Prove] for a response whose type is not known: an object,
// or an array of which each item has the essential fields. Any type tag, but no
// error, proves the execution. A whole value with all essential fields is
// complete.
func ProveRaw(text []byte, essential []string) (proof Proof, complete bool) {
	f, whole, object := topLevel(text)
	switch {
	case object:
		return f.proveRaw(whole, essential)
	case f.list:
		return proveRawList(text, essential)
	default:
		_, err := ReadRaw(text, nil)
		return ProvesNothing, err == nil && len(essential) == 0
	}
}

func (f *fields) proveRaw(whole bool, essential []string) (Proof, bool) {
	all := !slices.ContainsFunc(essential, f.lacks)
	tag, tagged := f.tag()
	switch {
	case f.failed:
		return ProvesOther, false
	case tagged && tag != "", all && len(essential) > 0:
		return ProvesExecution, whole && all
	case f.has("id"):
		return ProvesField, whole && all
	default:
		return ProvesNothing, whole && all
	}
}

func proveRawList(text []byte, essential []string) (Proof, bool) {
	var items []json.RawMessage
	value, err := ReadRaw(text, nil)
	if err != nil || json.Unmarshal(value, &items) != nil {
		return ProvesNothing, false
	}
	wanted := newEssentials(essential)
	for _, item := range items {
		if len(wanted.lacking(item)) > 0 {
			return ProvesField, false
		}
	}
	if len(items) > 0 && len(essential) > 0 {
		return ProvesExecution, true
	}
	return ProvesField, true
}

// essentials are essential fields with their values in one object after another:
// an array may have a million.
type essentials struct {
	names  []string
	folded []string // the names in lower case
	values [][]byte
	exact  []bool // the value's name is written exactly
}

func newEssentials(names []string) *essentials {
	e := &essentials{names: names, values: make([][]byte, len(names)), exact: make([]bool, len(names))}
	for _, name := range names {
		e.folded = append(e.folded, string(fold([]byte(name))))
	}
	return e
}

// lacking returns the essential fields that a JSON object does not have.
func (e *essentials) lacking(text []byte) (names []string) {
	clear(e.values)
	clear(e.exact)
	r := Reader{text: bytes.TrimPrefix(text, []byte(byteOrderMark))}
	for more := len(e.names) > 0 && r.peek() == '{' && r.enter('}'); more; more = r.more('}') {
		name, _ := r.rawName()
		start := r.start()
		r.skip(maxSkipped)
		if r.stuck {
			break
		}
		e.keep(name, r.text[start:r.at])
	}
	for i, name := range e.names {
		if isNothing(e.values[i]) {
			names = append(names, name)
		}
	}
	return names
}

// keep is [fields.keep] for essential fields.
func (e *essentials) keep(name, value []byte) {
	exact := plainName(name)
	if !exact {
		name = fold(name)
	}
	for i, wanted := range e.folded {
		if wanted == string(name) && (exact || !e.exact[i]) {
			e.values[i], e.exact[i] = value, exact
		}
	}
}

// lacks reports whether a field is missing or nothing.
func (f *fields) lacks(name string) bool {
	return isNothing(f.value[string(fold([]byte(name)))])
}

// isNothing reports whether a value is none, null, no JSON, or an empty text.
func isNothing(raw []byte) bool {
	odd := (&Reader{text: raw}).odd() != ""
	return odd || len(raw) == 0 || string(raw) == "null" || string(raw) == `""`
}

// ReadRaw returns one whole JSON value, in which NaN and infinite numbers are
// null. It refuses other text with a *[DecodeError]; beside a value that lacks
// essential fields it returns an *[IncompleteError].
func ReadRaw(text []byte, essential []string) (json.RawMessage, error) {
	text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	if !json.Valid(text) {
		text = withoutOdd(text)
		if !json.Valid(text) {
			return nil, &DecodeError{Reason: "not a JSON value"}
		}
	}
	if names := lackingIn(text, essential); len(names) > 0 {
		return bytes.Clone(text), &IncompleteError{Fields: names}
	}
	return bytes.Clone(text), nil
}

func lackingIn(text []byte, essential []string) []string {
	if trimmed := bytes.TrimLeft(text, " \t\r\n"); len(essential) == 0 || trimmed[0] != '[' {
		return newEssentials(essential).lacking(text)
	}
	var items []json.RawMessage
	_ = json.Unmarshal(text, &items) // it is a valid array
	wanted := newEssentials(essential)
	for _, item := range items {
		if names := wanted.lacking(item); len(names) > 0 {
			return names
		}
	}
	return nil
}

// withoutOdd puts null in the place of the numbers that are no JSON.
func withoutOdd(text []byte) []byte {
	r, out, from := Reader{text: text}, []byte(nil), 0
	for r.at < len(text) && !r.stuck {
		switch token := r.odd(); {
		case text[r.at] == '"':
			r.quoted()
		case token != "":
			out = append(append(out, text[from:r.at]...), "null"...)
			r.at += len(token)
			from = r.at
		default:
			r.at++
		}
	}
	return append(out, text[from:]...)
}
