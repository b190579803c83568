package cli

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/bardge/bardge-go/internal/jsontree"
)

func (a *App) printTable(v jsontree.Value, times []string) error {
	w := a.newTable()
	switch v.Kind {
	case jsontree.Array:
		if len(v.Items) == 0 {
			a.Note("The list is empty.")
			return nil
		}
		fillRows(w, v.Items, times)
	case jsontree.Object:
		w.AppendHeader(table.Row{"FIELD", "VALUE"})
		fillFields(w, "", v, times)
	default:
		_, err := fmt.Fprintln(a.Stdout, Printable(v.Text))
		return err
	}
	var lines bytes.Buffer
	for line := range strings.Lines(w.Render()) {
		lines.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	_, err := lines.WriteTo(a.Stdout)
	return err
}

// newTable returns a table without lines, which other programs can read.
func (a *App) newTable() table.Writer {
	w := table.NewWriter()
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	style.Format.Header = text.FormatDefault
	if a.color(a.StdoutIsTerminal) {
		style.Color.Header = text.Colors{text.Bold}
	}
	w.SetStyle(style)
	return w
}

// fillRows makes a row of each item. Items that are not objects have one column.
func fillRows(w table.Writer, items []jsontree.Value, times []string) {
	columns := columnsOf(items)
	header := make(table.Row, len(columns))
	for i, name := range columns {
		header[i] = strings.ToUpper(Printable(name))
	}
	w.AppendHeader(header)
	for _, item := range items {
		if item.Kind != jsontree.Object {
			w.AppendRow(table.Row{cell("", item, times)})
			continue
		}
		row := make(table.Row, len(columns))
		for i, name := range columns {
			row[i] = ""
			if value, ok := item.Find(name); ok {
				row[i] = cell(name, value, times)
			}
		}
		w.AppendRow(row)
	}
}

// columnsOf returns the names of all fields that fit into a cell, in the order
// in which they come.
func columnsOf(items []jsontree.Value) []string {
	var names []string
	for _, item := range items {
		for _, f := range item.Fields {
			if fitsCell(f.Value) && !slices.Contains(names, f.Name) {
				names = append(names, f.Name)
			}
		}
	}
	return names
}

func fitsCell(v jsontree.Value) bool {
	return v.IsScalar() || v.Kind == jsontree.Array && !slices.ContainsFunc(v.Items, func(item jsontree.Value) bool {
		return !item.IsScalar()
	})
}

// fillFields makes a row of each field. Nested ones have names such as
// categories[0].type.
func fillFields(w table.Writer, name string, v jsontree.Value, times []string) {
	switch {
	case name != "" && fitsCell(v):
		w.AppendRow(table.Row{Printable(name), cell(lastName(name), v, times)})
	case v.Kind == jsontree.Array:
		for i, item := range v.Items {
			fillFields(w, fmt.Sprintf("%s[%d]", name, i), item, times)
		}
	default:
		for _, f := range v.Fields {
			fillFields(w, strings.TrimPrefix(name+"."+f.Name, "."), f.Value, times)
		}
	}
}

func lastName(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

func cell(name string, v jsontree.Value, times []string) string {
	switch {
	case v.Kind == jsontree.Null:
		return ""
	case v.Kind == jsontree.Array && len(v.Items) == 0:
		return "none"
	case v.Kind == jsontree.Array:
		texts := make([]string, len(v.Items))
		for i, item := range v.Items {
			texts[i] = cell(name, item, times)
		}
		return strings.Join(texts, ", ")
	case v.Kind == jsontree.Number && slices.Contains(times, name):
		if n, err := strconv.ParseInt(v.Text, 10, 64); err == nil {
			return date(n)
		}
	}
	return Printable(v.Text)
}

// date returns a timestamp as a date. The API mixes units: numbers below 10^11,
// the year 5138, are seconds, larger ones milliseconds.
func date(n int64) string {
	if n < 1e11 {
		n *= 1000
	}
	return time.UnixMilli(n).UTC().Format(time.RFC3339Nano)
}

// Printable returns text that leaves the terminal as it is: what is not
// printable is escaped.
func Printable(s string) string {
	if isPrintable(s) {
		return s
	}
	quoted := strconv.Quote(s)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}
