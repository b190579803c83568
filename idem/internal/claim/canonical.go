package claim

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"unicode/utf8"
)

// CanonicalJSON writes a JSON body so that two bodies become the same bytes if
// they mean the same: members sorted by name, the last of those with one name,
// no white space, no escapes, numbers to the letter. It is no JSON: texts are
// led by their length instead of being quoted. What is not JSON stays as it is,
// marked as such.
func CanonicalJSON(body []byte) []byte {
	out := make([]byte, 0, 2*len(body)+1)
	if !json.Valid(body) {
		return append(append(out, '?'), body...)
	}
	out, _ = appendValue(out, skipSpace(body))
	return out
}

// appendValue appends the value that in begins with, and returns what follows.
func appendValue(out, in []byte) (text, rest []byte) {
	switch in[0] {
	case '{':
		return appendObject(out, skipSpace(in[1:]))
	case '[':
		out, in = append(out, '['), skipSpace(in[1:])
		for in[0] != ']' {
			out, in = appendValue(out, in)
			in = skipComma(in)
		}
		return append(out, ']'), in[1:]
	case '"':
		s, rest := unquote(in)
		return appendText(out, s), rest
	default: // a number, or null, true, false
		end := bytes.IndexAny(in, ",]} \t\r\n")
		if end < 0 {
			end = len(in)
		}
		return append(append(out, in[:end]...), ','), in[end:]
	}
}

type member struct {
	name     []byte
	from, to int
}

// appendObject appends the members of an object, first as they come, then
// sorted.
func appendObject(out, in []byte) (text, rest []byte) {
	out = append(out, '{')
	start := len(out)
	members := make([]member, 0, 16)
	for in[0] != '}' {
		name, after := unquote(in)
		from := len(out)
		out, in = appendValue(out, skipSpace(skipSpace(after)[1:]))
		members = append(members, member{name: name, from: from, to: len(out)})
		in = skipComma(in)
	}
	slices.SortStableFunc(members, func(a, b member) int { return bytes.Compare(a.name, b.name) })
	values := slices.Clone(out[start:])
	out = out[:start]
	for i, m := range members {
		if i+1 < len(members) && bytes.Equal(m.name, members[i+1].name) {
			continue
		}
		out = append(appendText(out, m.name), values[m.from-start:m.to-start]...)
	}
	return append(out, '}'), in[1:]
}

func appendText(out, s []byte) []byte {
	out = strconv.AppendInt(append(out, '"'), int64(len(s)), 10)
	return append(append(out, ':'), s...)
}

// unquote returns the text that the literal at the start of in encodes.
func unquote(in []byte) (text, rest []byte) {
	end := 1
	plain := true
	for ; in[end] != '"'; end++ {
		if in[end] == '\\' {
			plain = false
			end++
		}
	}
	text, rest = in[1:end], in[end+1:]
	if plain && utf8.Valid(text) {
		return text, rest
	}
	var s string
	_ = json.Unmarshal(in[:end+1], &s) // it is valid
	return []byte(s), rest
}

func skipComma(in []byte) []byte {
	if in = skipSpace(in); in[0] == ',' {
		return skipSpace(in[1:])
	}
	return in
}

func skipSpace(in []byte) []byte { return bytes.TrimLeft(in, " \t\r\n") }
