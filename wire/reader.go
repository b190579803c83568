package wire

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// Reader reads a JSON document in one pass, for generated code that knows which
// fields to expect: reading an answer with encoding/json takes as long as the rest
// of a call. It takes what servers write as a rule and gives up at the rest: another
// type than expected, a list that comes twice, a name with capitals, which may mean
// a known one, an error. [DecodeBy] then leaves the document to encoding/json, whose
// rules are the only ones: a Reader finds the same values, or none.
//
// The functions that read a value leave it as it was where the document says null,
// and where they give up.
type Reader struct {
	text  []byte
	at    int
	stuck bool
}

// DecodeBy is [Decode] with a function that reads a T, and takes a quarter of its
// time.
func DecodeBy[T any](body []byte, read func(*Reader, *T)) (*T, error) {
	r, value := Reader{text: body}, new(T)
	if r.peek() == '{' {
		read(&r, value)
		if r.done() {
			return value, nil
		}
	}
	return Decode[T](body)
}

// Object enters an object, and returns the name of its first field. There is none
// (not ok) in an empty object, nor in null.
func (r *Reader) Object() (name []byte, ok bool) {
	if r.peek() != '{' {
		r.null()
		return nil, false
	}
	if !r.enter('}') {
		return nil, false
	}
	return r.name()
}

// Next returns the name of the next field, once the value of the last one is read.
// There is none (not ok) at the object's end.
func (r *Reader) Next() (name []byte, ok bool) {
	if !r.more('}') {
		return nil, false
	}
	return r.name()
}

// Skip passes over the value of a field whose name is not known.
func (r *Reader) Skip(name []byte) {
	for _, b := range name {
		if !isDigit(b) && (b < 'a' || b > 'z') && b != '_' {
			r.giveUp() // encoding/json takes names in any letter case
			return
		}
	}
	r.skip(maxSkipped)
}

// ReadText reads a string.
func ReadText[T ~string](r *Reader, v *T) {
	if r.peek() != '"' {
		r.null()
		return
	}
	start := r.at
	text, plain := r.quoted()
	switch {
	case r.stuck:
	case plain:
		*v = T(text)
	default:
		var meant string
		if json.Unmarshal(r.text[start:r.at], &meant) != nil {
			r.giveUp()
			return
		}
		*v = T(meant)
	}
}

// ReadInt reads a whole number.
func ReadInt(r *Reader, v *int) {
	if digits := r.number(); digits != nil {
		n, err := strconv.Atoi(string(digits))
		if err != nil {
			r.giveUp()
			return
		}
		*v = n
	}
}

// ReadFloat reads a number.
func ReadFloat(r *Reader, v *float64) {
	if digits := r.number(); digits != nil {
		f, err := strconv.ParseFloat(string(digits), 64)
		if err != nil {
			r.giveUp()
			return
		}
		*v = f
	}
}

// ReadNumber reads a number as it is written.
func ReadNumber(r *Reader, v *json.Number) {
	if digits := r.number(); digits != nil {
		*v = json.Number(digits)
	}
}

// ReadBool reads true or false.
func ReadBool(r *Reader, v *bool) {
	switch r.peek() {
	case 't':
		if r.word("true") {
			*v = true
		}
	case 'f':
		if r.word("false") {
			*v = false
		}
	default:
		r.null()
	}
}

// ReadTime reads a [Millis] or [Seconds], which null makes the zero time.
func ReadTime(r *Reader, v json.Unmarshaler) {
	first := r.peek()
	start := r.at
	if first == '"' {
		r.quoted()
	} else {
		r.number()
	}
	if !r.stuck && v.UnmarshalJSON(r.text[start:r.at]) != nil {
		r.giveUp()
	}
}

// ReadList reads a list, and each of its values with read.
func ReadList[T any](r *Reader, v *[]T, read func(*Reader, *T)) {
	switch {
	case *v != nil:
		r.giveUp() // encoding/json reads a second list into the values of the first
		return
	case r.peek() != '[':
		r.null()
		return
	}
	list := []T{}
	for more := r.enter(']'); more; more = r.more(']') {
		var value T
		list = append(list, value)
		read(r, &list[len(list)-1])
	}
	*v = list
}

// ReadPage reads the envelope of a list, and each of its values with read.
func ReadPage[T any](r *Reader, v *List[T], read func(*Reader, *T)) {
	for name, ok := r.Object(); ok; name, ok = r.Next() {
		switch string(name) {
		case "object":
			ReadText(r, &v.Object)
		case "data":
			ReadList(r, &v.Data, read)
		case "has_more":
			ReadBool(r, &v.HasMore)
		case "url":
			ReadText(r, &v.URL)
		case "message":
			ReadText(r, &v.Message)
		default:
			r.Skip(name)
		}
	}
}

// maxSkipped is how deep a value may be nested that is passed over.
const maxSkipped = 100

func (r *Reader) skip(depth int) {
	switch first := r.peek(); {
	case depth == 0:
		r.giveUp()
	case first == '"':
		var text string
		ReadText(r, &text)
	case first == '{':
		for _, ok := r.Object(); ok; _, ok = r.Next() {
			r.skip(depth - 1)
		}
	case first == '[':
		for more := r.enter(']'); more; more = r.more(']') {
			r.skip(depth - 1)
		}
	case first == 't', first == 'f':
		var truth bool
		ReadBool(r, &truth)
	default:
		r.number()
	}
}

// giveUp leaves the rest unread: whatever is read now is not there.
func (r *Reader) giveUp() {
	r.stuck, r.at = true, len(r.text)
}

// done reports whether the whole document was read.
func (r *Reader) done() bool {
	r.peek()
	return !r.stuck && r.at == len(r.text)
}

// peek passes over blanks, and returns the byte at which something begins; 0 at the
// end.
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

// name reads a field's name, up to its value.
func (r *Reader) name() (name []byte, ok bool) {
	name, plain := r.quoted()
	if !plain || r.peek() != ':' {
		r.giveUp()
		return nil, false
	}
	r.at++
	return name, true
}

// enter passes over the bracket before an object or a list, and reports whether there
// is anything in it; if not, it passes over its end as well.
func (r *Reader) enter(end byte) bool {
	r.at++
	if r.peek() == end {
		r.at++
		return false
	}
	return true
}

// more goes on to what is next in an object or a list, and reports whether there is
// anything; if not, it passes over its end.
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

// quoted passes over a string, and returns what is between its quotes. It is plain
// if this is what the string means: ASCII without escapes.
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

// number passes over a number, and returns it as it is written; nil for null.
func (r *Reader) number() []byte {
	if r.peek() == 'n' {
		r.null()
		return nil
	}
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

// sign passes over one of the signs, if there is one.
func (r *Reader) sign(signs string) bool {
	for i := range len(signs) {
		if r.at < len(r.text) && r.text[r.at] == signs[i] {
			r.at++
			return true
		}
	}
	return false
}

// digits passes over digits, and reports whether there is one at least.
func (r *Reader) digits() bool {
	start := r.at
	for r.at < len(r.text) && isDigit(r.text[r.at]) {
		r.at++
	}
	return r.at > start
}

func (r *Reader) null() { r.word("null") }

// word passes over a word.
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
