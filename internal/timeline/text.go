package timeline

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean replaces what XML cannot hold or an eye cannot see: control and format
// characters, among them those that reverse the direction of text.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case r == utf8.RuneError, !unicode.IsGraphic(r), unicode.Is(unicode.Cf, r):
			return '\uFFFD'
		default:
			return r
		}
	}, text)
}

// escape returns text as XML.
func escape(text string) string { return html.EscapeString(clean(text)) }

// glyph is the width of a letter, as a share of the font's size: more than the
// average of the fonts that a browser may choose.
const glyph = 0.56

// textWidth returns at least how wide text is.
func textWidth(text string, size float64) float64 {
	return float64(utf8.RuneCountInString(text)) * size * glyph
}

// cut shortens text to a width, with an ellipsis.
func cutText(text string, width, size float64) string {
	most := max(1, int(width/(size*glyph)))
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	runes := []rune(text)
	return strings.TrimRight(string(runes[:most-1]), " ,.;:") + "…"
}

// wrap breaks text into lines of a width; the last of them is cut.
func wrap(text string, width, size float64, lines int) []string {
	var all []string
	for len(all) < lines-1 {
		line, rest := breakLine(text, int(width/(size*glyph)))
		if rest == "" {
			break
		}
		all, text = append(all, line), rest
	}
	if text == "" {
		return all
	}
	return append(all, cutText(text, width, size))
}

// breakLine returns what fits into a number of letters, and the rest.
func breakLine(text string, most int) (line, rest string) {
	runes := []rune(text)
	if len(runes) <= most {
		return text, ""
	}
	at := most
	for at > most/2 && runes[at] != ' ' {
		at--
	}
	if runes[at] != ' ' {
		at = most
	}
	return strings.TrimSpace(string(runes[:at])), strings.TrimSpace(string(runes[at:]))
}
