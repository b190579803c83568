package doctor

import (
	"strings"
	"unicode"
)

const maxPlain = 100

// Plain returns a text from elsewhere as one short line without characters that
// change how a terminal or a page shows it.
func Plain(s string) string {
	var plain strings.Builder
	for _, r := range s {
		if plain.Len() >= maxPlain {
			plain.WriteString("...")
			break
		}
		if !unicode.IsPrint(r) {
			r = '?'
		}
		plain.WriteRune(r)
	}
	return plain.String()
}
