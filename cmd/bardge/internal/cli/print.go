package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf16"

	"go.yaml.in/yaml/v3"

	"github.com/bardge/bardge-go/internal/jsontree"
)

// Plain is data that has a form of its own instead of a table.
type Plain interface {
	// WritePlain writes the data with a newline at its end.
	WritePlain(w io.Writer) error
}

// Print writes data to standard output in the chosen format. All formats have
// the names of its JSON form: in the table format an object becomes a table of
// fields and values, and a list of objects a table with a row for each, without
// fields that hold lists or objects. Fields with one of the names in times, at
// any depth, hold seconds or milliseconds since the epoch, which a table shows as
// a date. A reader that has gone is an error with [ExitClosedPipe].
func (a *App) Print(data any, times ...string) error {
	err := a.write(data, times)
	if errors.Is(err, syscall.EPIPE) {
		return Exit(ExitClosedPipe, err)
	}
	return err
}

func (a *App) write(data any, times []string) error {
	if plain, ok := data.(Plain); ok && a.Output == FormatTable {
		return plain.WritePlain(a.Stdout)
	}
	text, err := encode(data)
	if err != nil {
		return err
	}
	if a.Output == FormatJSON {
		return a.printJSON(text)
	}
	tree, err := jsontree.Parse(text)
	if err != nil {
		return err
	}
	if a.Output == FormatYAML {
		return a.printYAML(tree)
	}
	return a.printTable(tree, times)
}

// encode returns the JSON form of data, in which "<" is left as it is. What a
// terminal would not show, such as a C1 control, is escaped.
func encode(data any) ([]byte, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(data); err != nil {
		return nil, err
	}
	return escapeUnprintable(text.Bytes(), "\n", func(r rune) string {
		if r > 0xffff {
			high, low := utf16.EncodeRune(r)
			return fmt.Sprintf(`\u%04x\u%04x`, high, low)
		}
		return fmt.Sprintf(`\u%04x`, r)
	}), nil
}

// escapeUnprintable replaces what a terminal would not show, but for the
// characters to keep.
func escapeUnprintable(text []byte, keep string, escape func(r rune) string) []byte {
	var safe bytes.Buffer
	for _, r := range string(text) {
		if unicode.IsPrint(r) || strings.ContainsRune(keep, r) {
			safe.WriteRune(r)
			continue
		}
		safe.WriteString(escape(r))
	}
	return safe.Bytes()
}

func (a *App) printJSON(text []byte) error {
	var indented bytes.Buffer
	if err := json.Indent(&indented, text, "", "  "); err != nil {
		return err
	}
	_, err := indented.WriteTo(a.Stdout)
	return err
}

func (a *App) printYAML(tree jsontree.Value) error {
	var text bytes.Buffer
	enc := yaml.NewEncoder(&text)
	enc.SetIndent(2)
	if err := enc.Encode(yamlNode(tree)); err != nil {
		return err
	}
	// Such text is quoted, so that it can be escaped.
	safe := escapeUnprintable(text.Bytes(), "\n\t", func(r rune) string { return fmt.Sprintf(`\U%08x`, r) })
	_, err := a.Stdout.Write(safe)
	return err
}

// yamlNode returns a tree as YAML's. The tags keep strings that look like
// numbers strings.
func yamlNode(v jsontree.Value) *yaml.Node {
	switch v.Kind {
	case jsontree.Object:
		node := &yaml.Node{Kind: yaml.MappingNode}
		for _, f := range v.Fields {
			node.Content = append(node.Content, yamlText(f.Name), yamlNode(f.Value))
		}
		return node
	case jsontree.Array:
		node := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range v.Items {
			node.Content = append(node.Content, yamlNode(item))
		}
		return node
	case jsontree.String:
		return yamlText(v.Text)
	default:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: v.Text}
	}
}

// yamlText returns a string, in quotes if it is not all printable.
func yamlText(s string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if !isPrintable(strings.NewReplacer("\n", "", "\t", "").Replace(s)) {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}
