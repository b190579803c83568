package jsontree

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// ParseUnicode is [Parse], and fails where [CheckUnicode] does.
func ParseUnicode(text []byte) (Value, error) {
	if err := CheckUnicode(text); err != nil {
		return Value{}, err
	}
	return Parse(text)
}

// CheckUnicode fails for a document that has bytes which are not UTF-8, or an
// escape that is half of a character. [Parse] replaces both by U+FFFD, as
// encoding/json does. Its errors are of type *[Error].
func CheckUnicode(text []byte) error {
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return &Error{Offset: at, Reason: notUnicode}
		}
		at += size
	}
	whole := len(text)
	for {
		at := bytes.IndexByte(text, '\\')
		if at < 0 {
			return nil
		}
		text = text[at:]
		first, ok := escaped(text)
		switch {
		case !ok:
			text = text[min(2, len(text)):]
			continue
		case utf16.IsSurrogate(first):
			text = text[escapeLen:]
			second, _ := escaped(text)
			if utf16.DecodeRune(first, second) == utf8.RuneError {
				return &Error{Offset: whole - len(text), Reason: notUnicode}
			}
		}
		text = text[escapeLen:]
	}
}

const notUnicode = "is not UTF-8, or has half of a surrogate pair"

// escapeLen is the length of an escape such as \u00e9.
const escapeLen = 6

// escaped returns the code unit of an escape at the text's beginning.
func escaped(text []byte) (rune, bool) {
	if len(text) < escapeLen || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:escapeLen]), 16, 16)
	return rune(n), err == nil
}
