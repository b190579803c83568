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
// in which bytes are printed; empty if it is not there. It is not there where its
// digits are a part of a longer number; nor, if it is all digits, of a hexadecimal
// one: what is random holds any six digits now and then.
func Find(text, word string) string {
	for rest := text; ; {
		at := strings.Index(rest, word)
		if at < 0 {
			break
		}
		if !within(rest, at, at+len(word)) {
			return around(rest, at, word)
		}
		rest = rest[at+len(word):]
	}
	for _, form := range append(
		Base64(word), url.QueryEscape(word), fmt.Sprintf("%x", word), fmt.Sprintf("%X", word),
		strings.Trim(fmt.Sprintf("%d", []byte(word)), "[]"),
	) {
		if at := strings.Index(text, form); at >= 0 && form != word {
			return around(text, at, form)
		}
	}
	return ""
}

func around(text string, at int, form string) string {
	return text[max(0, at-80):min(len(text), at+len(form)+20)]
}

// Base64 returns the letters that depend on a word alone in the encoding of a
// longer text: they differ with the place at which the word begins.
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
	const decimal, hexadecimal = "0123456789", "0123456789abcdefABCDEF"
	digits := decimal
	if strings.Trim(text[from:to], decimal) == "" {
		digits = hexadecimal
	}
	among := func(i int, digits string) bool {
		return i >= 0 && i < len(text) && strings.IndexByte(digits, text[i]) >= 0
	}
	return among(from, decimal) && among(from-1, digits) || among(to-1, decimal) && among(to, digits)
}
