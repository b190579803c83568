package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/bardge/bardge-go/tools/internal/openapi"
)

// A change has a statement's mark become "observed", on a date.
type change struct {
	mark mark
	date string
}

// An edit replaces bytes of the text.
type edit struct {
	at, length int
	text       string
}

// apply returns the text with its marks changed. All other bytes stay as they
// are; the result is read again to make sure of it.
func apply(text []byte, changes []change) (edited, error) {
	e := editor{text: text, lines: lineStarts(text)}
	for _, c := range changes {
		if err := e.change(c); err != nil {
			return edited{}, fmt.Errorf("line %d: %w", c.mark.line(), err)
		}
	}
	slices.SortStableFunc(e.edits, func(a, b edit) int { return cmp.Compare(a.at, b.at) })
	var out bytes.Buffer
	from := 0
	for _, edit := range e.edits {
		out.Write(text[from:edit.at])
		out.WriteString(edit.text)
		from = edit.at + edit.length
	}
	out.Write(text[from:])
	return edited{out.Bytes(), e.added}, sameButMarks(text, out.Bytes())
}

// edited is a text with the lines that were added.
type edited struct {
	text  []byte
	added []int // numbers of the lines before, each with a new one after it
}

// line returns where a line is now.
func (e edited) line(before int) int {
	now := before
	for _, line := range e.added {
		if line < before {
			now++
		}
	}
	return now
}

type editor struct {
	text  []byte
	lines []int // where each line begins
	edits []edit
	added []int
}

func lineStarts(text []byte) []int {
	starts := []int{0}
	for i, b := range text {
		if b == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

func (e *editor) change(c change) error {
	key, value := openapi.Pair(c.mark.node, c.mark.keys.evidence)
	if value == nil {
		return e.insert(c)
	}
	if err := e.replace(value, observed); err != nil {
		return err
	}
	if _, date := openapi.Pair(c.mark.node, c.mark.keys.date); date != nil {
		return e.replace(date, strconv.Quote(c.date))
	}
	added := c.mark.keys.date + ": " + strconv.Quote(c.date)
	if isFlow(c.mark.node) {
		at, length, err := e.scalar(value)
		e.edits = append(e.edits, edit{at: at + length, text: ", " + added})
		return err
	}
	e.line(value, indentOf(key)+added)
	return nil
}

// insert adds a mark of its own to a node that had its schema's: before the
// description, as the contract's other marks.
func (e *editor) insert(c change) error {
	before, _ := openapi.Pair(c.mark.node, "description")
	if before == nil {
		return errors.New("a field without a description")
	}
	marks := []string{c.mark.keys.evidence + ": " + observed, c.mark.keys.date + ": " + strconv.Quote(c.date)}
	end := ", "
	if !isFlow(c.mark.node) {
		end = e.newline(before) + indentOf(before)
		e.added = append(e.added, before.Line-1, before.Line-1)
	}
	at, _, err := e.scalar(before)
	e.edits = append(e.edits, edit{at: at, text: strings.Join(marks, end) + end})
	return err
}

func isFlow(node *yaml.Node) bool { return node.Style&yaml.FlowStyle != 0 }

func indentOf(key *yaml.Node) string { return strings.Repeat(" ", key.Column-1) }

// replace writes another text in place of a scalar's.
func (e *editor) replace(node *yaml.Node, text string) error {
	at, length, err := e.scalar(node)
	if err == nil && (node.Value != text && strconv.Quote(node.Value) != text) {
		e.edits = append(e.edits, edit{at, length, text})
	}
	return err
}

// scalar returns where the text of a scalar of one word is, with its quotes.
func (e *editor) scalar(node *yaml.Node) (at, length int, err error) {
	at = e.lines[node.Line-1]
	for range node.Column - 1 { // columns count characters
		_, size := utf8.DecodeRune(e.text[at:])
		at += size
	}
	for _, form := range []string{node.Value, `"` + node.Value + `"`, "'" + node.Value + "'"} {
		if bytes.HasPrefix(e.text[at:], []byte(form)) {
			return at, len(form), nil
		}
	}
	return 0, 0, fmt.Errorf("%q is not where it should be", node.Value)
}

// line adds a line after a node's.
func (e *editor) line(node *yaml.Node, text string) {
	e.added = append(e.added, node.Line)
	if node.Line == len(e.lines) { // the last one has no end
		e.edits = append(e.edits, edit{at: len(e.text), text: e.newline(node) + text})
		return
	}
	e.edits = append(e.edits, edit{at: e.lines[node.Line], text: text + e.newline(node)})
}

// newline returns what ends the line of a node.
func (e *editor) newline(node *yaml.Node) string {
	if node.Line < len(e.lines) && bytes.HasSuffix(e.text[:e.lines[node.Line]], []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

// sameButMarks requires two documents to be the same, apart from their marks.
func sameButMarks(before, after []byte) error {
	var a, b any
	if err := errors.Join(yaml.Unmarshal(before, &a), yaml.Unmarshal(after, &b)); err != nil {
		return err
	}
	if !reflect.DeepEqual(withoutMarks(a), withoutMarks(b)) {
		return errors.New("the edit would change more than marks")
	}
	return nil
}

func withoutMarks(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for _, keys := range []markKeys{plainKeys, classKeys} {
			delete(value, keys.evidence)
			delete(value, keys.date)
		}
		for name := range value {
			value[name] = withoutMarks(value[name])
		}
	case []any:
		for i := range value {
			value[i] = withoutMarks(value[i])
		}
	}
	return value
}
