package doctor

import (
	"fmt"
	"strings"
)

// Document is a report for people.
type Document struct {
	Title    string
	Summary  []string // paragraphs; in text they come first
	Sections []Section
}

// Section is a part of a document; one without rows is left out.
type Section struct {
	Title string
	Rows  []Row
}

// Row is one finding.
type Row struct {
	Verdict, Subject, Seen string
	Below                  []string // lines below it; YAML goes into Code
	Code                   []string // lines of YAML
}

// width is where lines end, if there is a blank to end them at.
const width = 110

// Text returns the document for a terminal, in aligned columns.
func (d *Document) Text() string {
	var b strings.Builder
	for _, p := range d.Summary {
		b.WriteString(wrapped(p, ""))
	}
	fmt.Fprintln(&b, d.Title)
	indent := 2
	for _, s := range d.Sections {
		for _, r := range s.Rows {
			indent = max(indent, len(r.Subject)+2)
		}
	}
	for _, s := range d.Sections {
		if len(s.Rows) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n", s.Title)
		for _, r := range s.Rows {
			r.writeText(&b, indent)
		}
	}
	return b.String()
}

// verdictWidth fits the longest verdict and two blanks.
const verdictWidth = 11

func (r Row) writeText(b *strings.Builder, indent int) {
	pad := strings.Repeat(" ", verdictWidth+indent)
	head := fmt.Sprintf("%-*s%-*s", verdictWidth, r.Verdict, indent, r.Subject)
	if r.Seen == "" {
		b.WriteString(strings.TrimRight(head, " ") + "\n")
	} else {
		b.WriteString(head + strings.TrimPrefix(wrapped(r.Seen, pad), pad))
	}
	for _, line := range r.Below {
		b.WriteString(wrapped(line, pad))
	}
	for _, line := range r.Code {
		b.WriteString(pad + line + "\n")
	}
}

// wrapped returns a paragraph in lines of the width, each after a prefix.
func wrapped(paragraph, prefix string) string {
	var b strings.Builder
	line := 0
	b.WriteString(prefix)
	for i, word := range strings.Fields(paragraph) {
		switch {
		case i == 0:
		case len(prefix)+line+1+len(word) > width:
			b.WriteString("\n" + prefix)
			line = 0
		default:
			b.WriteString(" ")
			line++
		}
		b.WriteString(word)
		line += len(word)
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}

// Markdown returns the document as a page for a ticket or a repository.
func (d *Document) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", escaped(d.Title))
	for _, p := range d.Summary {
		fmt.Fprintf(&b, "\n%s\n", escaped(p))
	}
	for _, s := range d.Sections {
		if len(s.Rows) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n| | | |\n| --- | --- | --- |\n", s.Title)
		for _, r := range s.Rows {
			r.writeMarkdown(&b)
		}
	}
	return b.String()
}

func (r Row) writeMarkdown(b *strings.Builder) {
	cell := make([]string, 0, 1+len(r.Below)+len(r.Code))
	cell = append(cell, escaped(r.Seen))
	for _, line := range r.Below {
		cell = append(cell, escaped(line))
	}
	for _, line := range r.Code {
		cell = append(cell, "`"+strings.NewReplacer("`", "'", "|", `\|`).Replace(line)+"`")
	}
	fmt.Fprintf(b, "| %s | %s | %s |\n", r.Verdict, escaped(r.Subject), strings.Join(cell, "<br>"))
}

// escaped returns text that Markdown shows as it is.
func escaped(text string) string {
	var b strings.Builder
	for _, c := range text {
		if strings.ContainsRune("\\`*[]<>#|&~!", c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}
