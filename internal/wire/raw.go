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
	for _, item := range items {
		if len(lacking(item, essential)) > 0 {
			return ProvesField, false
		}
	}
	if len(items) > 0 && len(essential) > 0 {
		return ProvesExecution, true
	}
	return ProvesField, true
}

// lacking returns the essential fields that a JSON object does not have.
func lacking(text []byte, essential []string) []string {
	if len(essential) == 0 {
		return nil
	}
	f, _, _ := topLevel(text)
	return slices.DeleteFunc(slices.Clone(essential), func(name string) bool { return !f.lacks(name) })
}

// lacks reports whether a field is missing, null, no JSON, or an empty text.
func (f *fields) lacks(name string) bool {
	raw := f.value[string(fold([]byte(name)))]
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
		return lacking(text, essential)
	}
	var items []json.RawMessage
	_ = json.Unmarshal(text, &items) // it is a valid array
	for _, item := range items {
		if names := lacking(item, essential); len(names) > 0 {
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
