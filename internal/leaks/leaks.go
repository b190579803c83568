// Package leaks finds words in a text that should not show them, for the tests of
// what is logged and printed.
package leaks

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
)

// Find returns the surroundings of a word in a text, as it is or in an encoding
// in which bytes are printed; empty if it is not there.
func Find(text, word string) string {
	for _, form := range append(
		Base64(word), word, url.QueryEscape(word), fmt.Sprintf("%x", word), fmt.Sprintf("%X", word),
		strings.Trim(fmt.Sprintf("%d", []byte(word)), "[]"),
	) {
		for rest := text; ; {
			at := strings.Index(rest, form)
			if at < 0 {
				break
			}
			if !within(rest, at, at+len(form)) {
				return rest[max(0, at-80):min(len(rest), at+len(form)+20)]
			}
			rest = rest[at+len(form):]
		}
	}
	return ""
}

// Base64 are the letters that stand for a word alone in the encoding of a
// longer text: they differ with the place at which it begins.
func Base64(word string) []string {
	forms := make([]string, 0, 3)
	for before, shared := range []int{0, 2, 3} {
		text := strings.Repeat(" ", before) + word
		whole := len(text) * 8 / 6
		forms = append(forms, base64.RawStdEncoding.EncodeToString([]byte(text))[shared:whole])
	}
	return forms
}

// within reports whether the digits between two places are part of a longer
// number.
func within(text string, from, to int) bool {
	digit := func(i int) bool { return i >= 0 && i < len(text) && text[i] >= '0' && text[i] <= '9' }
	return digit(from) && digit(from-1) || digit(to-1) && digit(to)
}
