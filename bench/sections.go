package main

import (
	"fmt"
	"strings"
)

const (
	heading     = "# Side by side\n\nMade by `make bench`; each section states when, and on what machine.\n"
	sectionMark = "\n## "
)

func sectionsOf(doc string) map[string]string {
	sections := map[string]string{}
	for _, s := range strings.Split(doc, sectionMark)[1:] {
		title, text, _ := strings.Cut(s, "\n")
		sections[title] = strings.Trim(text, "\n")
	}
	return sections
}

// document returns the document with these sections, in the order of the parts.
func document(sections map[string]string) string {
	var b strings.Builder
	b.WriteString(heading)
	for _, p := range parts {
		if text, ok := sections[p.title]; ok {
			fmt.Fprintf(&b, "%s%s\n\n%s\n", sectionMark, p.title, text)
		}
	}
	return b.String()
}
