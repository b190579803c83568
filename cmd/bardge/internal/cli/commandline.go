package cli

import "strings"

// CommandLine joins words as a shell reads them.
func CommandLine(words ...string) string {
	texts := make([]string, len(words))
	for i, word := range words {
		texts[i] = word
		if word == "" || strings.ContainsFunc(word, special) {
			texts[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(texts, " ")
}

// special reports whether a shell may take a character for more than itself.
func special(r rune) bool {
	isWord := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	return !isWord && !strings.ContainsRune("-_./:=@,+%", r)
}
