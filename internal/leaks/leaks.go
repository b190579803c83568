// Package leaks finds secrets in the text that programs log and print, for
// tests.
package leaks

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
)

// Find returns the text around a word, plain or in an encoding that prints
// bytes; empty if it does not occur. Digits inside a longer number do not
// count; nor, if the word is all digits, inside a hexadecimal one: random
// values contain any six digits now and then.
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

// Base64 returns the letters that a word, wherever it begins, has in the
// encoding of a longer text.
func Base64(word string) []string {
	forms := make([]string, 0, 3)
	for before, shared := range []int{0, 2, 3} {
		text := strings.Repeat(" ", before) + word
		whole := len(text) * 8 / 6
		forms = append(forms, base64.RawStdEncoding.EncodeToString([]byte(text))[shared:whole])
	}
	return forms
}

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
