package cli

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"
	"go.yaml.in/yaml/v3"
)

// Print writes data to standard output in the chosen format. The names are those
// of its JSON form: an object becomes a table of two columns, a list of objects
// a table with a row for each.
func (a *App) Print(data any) error {
	text, err := encode(data)
	if err != nil {
		return err
	}
	switch a.Output {
	case FormatJSON:
		return a.printJSON(text)
	case FormatYAML:
		return a.printYAML(text)
	default:
		return a.printTable(text)
	}
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

func (a *App) printYAML(text []byte) error {
	var data any
	if err := json.Unmarshal(text, &data); err != nil {
		return err
	}
	return yaml.NewEncoder(a.Stdout).Encode(data)
}

func (a *App) printTable(text []byte) error {
	t := table.NewWriter()
	t.AppendRow(table.Row{string(bytes.TrimSpace(text))})
	_, err := fmt.Fprintln(a.Stdout, t.Render())
	return err
}
