package main

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/bardge/bardge-go/tools/internal/openapi"
)

type contract struct{ openapi.Contract }

var classWords = map[string]string{
	"keyed":         "that the key is honoured",
	"safe":          "that it changes nothing",
	"keyUnverified": "that the key may not be honoured",
}

// parts returns the parts of an operation's request that have an evidence.
func (c contract) parts(op *yaml.Node, evidence string) (parts []string) {
	if openapi.Value(op, "x-evidence") == evidence {
		parts = append(parts, "the path")
	}
	if openapi.Value(op, "x-class-evidence") == evidence {
		parts = append(parts, classWords[openapi.Value(op, "x-retry-class")])
	}
	for _, kind := range []string{"query", "header"} {
		if names := c.parameters(op, kind, evidence); len(names) > 0 {
			parts = append(parts, kind+": "+code(names))
		}
	}
	if names := c.fields(c.Body(op), evidence); len(names) > 0 {
		parts = append(parts, "body: "+code(names))
	}
	return parts
}

func (c contract) parameters(op *yaml.Node, kind, evidence string) (names []string) {
	for _, item := range openapi.Items(openapi.Child(op, "parameters")) {
		p := c.Resolve(item)
		if openapi.Value(p, "x-evidence") == evidence && openapi.Value(p, "in") == kind {
			names = append(names, openapi.Value(p, "name"))
		}
	}
	return names
}

// fields returns a schema's own fields that have an evidence.
func (c contract) fields(schema *yaml.Node, evidence string) (names []string) {
	for _, p := range c.Properties(schema) {
		if p.Evidence == evidence {
			names = append(names, p.Name)
		}
	}
	return names
}

// observed returns what was seen of the API itself, by date and in the file's
// order: paths and classes of operations, and fields of responses.
func (c contract) observed() (rows []row) {
	for _, op := range c.Operations() {
		if openapi.Value(op.Node, "x-evidence") == observed {
			rows = append(rows, row{Name: op.ID, Parts: "the path", Date: openapi.Value(op.Node, "x-observed")})
		}
		if openapi.Value(op.Node, "x-class-evidence") == observed {
			words := classWords[openapi.Value(op.Node, "x-retry-class")]
			rows = append(rows, row{Name: op.ID, Parts: words, Date: openapi.Value(op.Node, "x-class-observed")})
		}
	}
	for _, schema := range c.Schemas() {
		rows = append(rows, c.observedFields(schema)...)
	}
	return rows
}

// observedFields returns a row for each date.
func (c contract) observedFields(schema openapi.Schema) (rows []row) {
	names := map[string][]string{}
	var dates []string
	for _, p := range c.Properties(schema.Node) {
		if p.Evidence != observed {
			continue
		}
		if names[p.Observed] == nil {
			dates = append(dates, p.Observed)
		}
		names[p.Observed] = append(names[p.Observed], p.Name)
	}
	for _, date := range dates {
		rows = append(rows, row{Name: schema.Type, Parts: code(names[date]), Date: date})
	}
	return rows
}

// code returns names as inline code, in a list.
func code(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "`" + strings.Join(names, "`, `") + "`"
}
