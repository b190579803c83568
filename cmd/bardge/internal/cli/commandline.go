package cli

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CommandLine joins words as a shell reads them. It leaves the terminal as it
// is: characters that are not printable are escaped, as $'...' does.
func CommandLine(words ...string) string {
	texts := make([]string, len(words))
	for i, word := range words {
		switch {
		case !isPrintable(word):
			texts[i] = "$'" + escaped(word) + "'"
		case word == "" || strings.ContainsFunc(word, special):
			texts[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		default:
			texts[i] = word
		}
	}
	return strings.Join(texts, " ")
}

// special reports whether a shell may take a character for more than itself.
func special(r rune) bool {
	isWord := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	return !isWord && !strings.ContainsRune("-_./:=@,+%", r)
}

// escaped returns the bytes of what is not printable in octal.
func escaped(word string) string {
	var b strings.Builder
	for word != "" {
		r, size := utf8.DecodeRuneInString(word)
		switch char := word[:size]; {
		case !isPrintable(char):
			for _, octet := range []byte(char) {
				fmt.Fprintf(&b, `\%03o`, octet)
			}
		case r == '\'' || r == '\\':
			b.WriteString(`\` + char)
		default:
			b.WriteString(char)
		}
		word = word[size:]
	}
	return b.String()
}

// isPrintable reports whether a terminal shows text and does nothing else.
func isPrintable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}
