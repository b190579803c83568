package jsontree

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// errNotUnicode does not quote the input either.
var errNotUnicode = errors.New("not UTF-8, or half of a surrogate pair")

// CheckUnicode fails for a document that has bytes which are not UTF-8, or an
// escape that is half of a character. [Parse] replaces both by U+FFFD, as
// encoding/json does.
func CheckUnicode(text []byte) error {
	if !utf8.Valid(text) {
		return errNotUnicode
	}
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
				return errNotUnicode
			}
		}
		text = text[escapeLen:]
	}
}

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
