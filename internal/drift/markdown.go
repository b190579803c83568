package drift

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Markdown returns the report for a person: for each operation what is
// confirmed, and what differs.
func (r *Report) Markdown() string {
	s := r.snapshot()
	var b strings.Builder
	b.WriteString("# Drift report\n\n")
	fmt.Fprintf(&b, "API: `%s`\n\nCalls: %s to %s\n",
		textOf(s.BaseURL, urlMarks), timeText(s.Since), timeText(s.Until))
	for i := range s.Operations {
		s.Operations[i].markdown(&b)
	}
	return b.String()
}

func (op *Operation) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "\n## %s\n\n", plainText(op.Operation))
	fmt.Fprintf(b, "Calls with a response: %d, confirmed: %d, replayed: %d. Statuses: %s.\n",
		op.Calls, op.Confirmed, op.Replayed, statusText(op.Statuses))
	if op.Path != "" {
		fmt.Fprintf(b, "\nPath, by WithPath: `%s`.\n", textOf(op.Path, urlMarks+"{}"))
	}
	var fit, differ, absent []string
	for _, f := range op.Fields {
		name := "`" + plainText(f.Field) + "`"
		switch {
		case f.Seen == 0:
			absent = append(absent, name)
		case f.Fits == f.Seen:
			fit = append(fit, name)
		default:
			differ = append(differ, fmt.Sprintf("%s (%d of %d)", name, f.Seen-f.Fits, f.Seen))
		}
	}
	fieldLine(b, "Confirmed fields", fit)
	fieldLine(b, "Fields that differ", differ)
	fieldLine(b, "Fields that never came", absent)
	if op.Confirmed == 0 && len(op.Drift) == 0 {
		b.WriteString("\nNo success of the API's own came: nothing is confirmed, and what differs is not known.\n")
		return
	}
	driftTable(b, op.Drift)
}

func fieldLine(b *strings.Builder, title string, names []string) {
	if len(names) > 0 {
		fmt.Fprintf(b, "\n%s: %s.\n", title, strings.Join(names, ", "))
	}
}

func driftTable(b *strings.Builder, drift []Count) {
	if len(drift) == 0 {
		b.WriteString("\nNothing differs.\n")
		return
	}
	b.WriteString("\n| differs | contract | where | want | got | calls | first | last |\n")
	b.WriteString("| --- | --- | --- | --- | --- | ---: | --- | --- |\n")
	for _, d := range drift {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %d | %s | %s |\n",
			plainText(string(d.Kind)), plainText(d.Field), plainText(d.Path), plainText(d.Want), plainText(d.Got),
			d.Count, timeText(d.First), timeText(d.Last))
	}
}

func statusText(statuses map[int]int) string {
	words := make([]string, 0, len(statuses))
	for _, status := range slices.Sorted(maps.Keys(statuses)) {
		words = append(words, strconv.Itoa(status)+" ("+strconv.Itoa(statuses[status])+")")
	}
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.RFC3339)
}

// plainText replaces what could be markup: a report that was read from a file
// may hold any text.
func plainText(text string) string {
	return strings.ReplaceAll(textOf(text, " _-.()[]"), "](", "] (") // which would be a link
}

const urlMarks = "_-.:/[]%~"

func textOf(text, marks string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.ContainsRune(marks, c):
			return c
		default:
			return '?'
		}
	}, text)
}
