package wire

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"unicode/utf8"
)

const maxSkipped = 500

func (r *Reader) skip(depth int) {
	switch first := r.peek(); {
	case depth == 0:
		r.giveUp()
	case first == '"':
		start := r.at
		if _, plain := r.quoted(); !plain && !r.stuck && !json.Valid(r.text[start:r.at]) {
			r.giveUp()
		}
	case first == '{':
		for more := r.enter('}'); more; more = r.more('}') {
			if _, ok := r.rawName(); ok {
				r.skip(depth - 1)
			}
		}
	case first == '[':
		for more := r.enter(']'); more; more = r.more(']') {
			r.skip(depth - 1)
		}
	case first == 't', first == 'f':
		var truth bool
		ReadBool(r, &truth)
	case r.numeral(first):
		r.number()
	default:
		r.word(cmp.Or(r.odd(), "null"))
	}
}

func (r *Reader) giveUp() {
	r.at = min(r.at, len(r.text))
	r.stuck, r.text = true, r.text[:r.at]
}

func (r *Reader) tooMany() {
	r.giveUp()
	r.items = math.MinInt32
}

func (r *Reader) done() bool {
	r.peek()
	return !r.stuck && r.at == len(r.text)
}

// peek skips blanks, and returns the next byte; 0 at the end.
func (r *Reader) peek() byte {
	for ; r.at < len(r.text); r.at++ {
		switch b := r.text[r.at]; b {
		case ' ', '\t', '\r', '\n':
		default:
			return b
		}
	}
	return 0
}

func (r *Reader) name() (name []byte, ok bool) {
	if r.slow != nil {
		return r.slowName()
	}
	name, plain := r.quoted()
	if !plain || r.peek() != ':' {
		r.giveUp()
		return nil, false
	}
	r.at++
	return name, true
}

// rawName skips a field's name and the colon, and returns the decoded name.
func (r *Reader) rawName() (name []byte, ok bool) {
	r.peek()
	start := r.at
	name, plain := r.quoted()
	if !plain && !r.stuck {
		meant, valid := unquote(r.text[start:r.at])
		if !valid {
			r.giveUp()
			return nil, false
		}
		name = []byte(meant)
	}
	if r.stuck || r.peek() != ':' {
		r.giveUp()
		return nil, false
	}
	r.at++
	return name, true
}

// enter skips the opening bracket of an object or a list, and reports whether
// it has elements; if not, it skips the end as well.
func (r *Reader) enter(end byte) bool {
	r.at++
	if r.peek() == end {
		r.at++
		return false
	}
	return true
}

// more advances to the next element of an object or a list, and reports whether
// there is one; if not, it skips the end.
func (r *Reader) more(end byte) bool {
	switch r.peek() {
	case ',':
		r.at++
		return true
	case end:
		r.at++
	default:
		r.giveUp()
	}
	return false
}

// quoted skips a string, and returns what is between its quotes: plain if it is
// ASCII without escapes, and so needs no decoding.
func (r *Reader) quoted() (text []byte, plain bool) {
	if r.peek() != '"' {
		r.giveUp()
		return nil, false
	}
	start := r.at + 1
	plain = true
	for i := start; i < len(r.text); i++ {
		switch b := r.text[i]; {
		case b == '"':
			r.at = i + 1
			return r.text[start:i], plain
		case b == '\\':
			plain = false
			i++
		case b < ' ':
			r.giveUp()
			return nil, false
		case b >= utf8.RuneSelf:
			plain = false
		}
	}
	r.giveUp()
	return nil, false
}

func (r *Reader) number() []byte {
	start := r.at
	r.sign("-")
	whole := r.at
	ok := r.digits() && (r.text[whole] != '0' || r.at == whole+1)
	if ok && r.sign(".") {
		ok = r.digits()
	}
	if ok && r.sign("eE") {
		r.sign("+-")
		ok = r.digits()
	}
	if !ok {
		r.giveUp()
		return nil
	}
	return r.text[start:r.at]
}

func (r *Reader) sign(signs string) bool {
	for i := range len(signs) {
		if r.at < len(r.text) && r.text[r.at] == signs[i] {
			r.at++
			return true
		}
	}
	return false
}

func (r *Reader) digits() bool {
	start := r.at
	for r.at < len(r.text) && isDigit(r.text[r.at]) {
		r.at++
	}
	return r.at > start
}

func (r *Reader) null() bool {
	r.last = isNull
	return r.word("null")
}

func (r *Reader) word(word string) bool {
	end := r.at + len(word)
	if end > len(r.text) || string(r.text[r.at:end]) != word {
		r.giveUp()
		return false
	}
	r.at = end
	return true
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

func (r *Reader) numeral(b byte) bool { return isDigit(b) || b == '-' && r.odd() == "" }

// odd returns a token here that servers write, though no JSON, or "".
func (r *Reader) odd() string {
	for _, token := range []string{"NaN", "Infinity", "-Infinity"} {
		if bytes.HasPrefix(r.text[r.at:], []byte(token)) {
			return token
		}
	}
	return ""
}
