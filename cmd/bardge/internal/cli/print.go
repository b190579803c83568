package cli

import (
	"bytes"
	"encoding/json"
	"io"

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
// a date.
func (a *App) Print(data any, times ...string) error {
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

// encode returns the JSON form of data, in which "<" is left as it is.
func encode(data any) ([]byte, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	err := enc.Encode(data)
	return text.Bytes(), err
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
	_, err := text.WriteTo(a.Stdout)
	return err
}

// yamlNode returns a tree as YAML's. The tags keep strings that look like
// numbers strings.
func yamlNode(v jsontree.Value) *yaml.Node {
	switch v.Kind {
	case jsontree.Object:
		node := &yaml.Node{Kind: yaml.MappingNode}
		for _, f := range v.Fields {
			name := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: f.Name}
			node.Content = append(node.Content, name, yamlNode(f.Value))
		}
		return node
	case jsontree.Array:
		node := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range v.Items {
			node.Content = append(node.Content, yamlNode(item))
		}
		return node
	case jsontree.String:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: v.Text}
	default:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: v.Text}
	}
}
