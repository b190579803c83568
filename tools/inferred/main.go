// Command inferred writes what the contract has beyond the vendor's pages.
//
//	go run ./inferred ../gen/openapi.yaml ../docs/inferred.md
package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/template"

	"go.yaml.in/yaml/v3"
)

//go:embed inferred.md.tmpl
var page string

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "inferred:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("the contract's file and the document's are needed")
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return err
	}
	c := contract{document.Content[0]}
	var out bytes.Buffer
	err = template.Must(template.New("page").Parse(page)).Execute(&out, map[string]any{
		"Requests": c.requests(), "Responses": c.responses(), "Operations": c.operations(),
	})
	if err != nil {
		return err
	}
	return os.WriteFile(args[1], out.Bytes(), 0o644) //nolint:gosec // a document
}

// contract is the root of gen/openapi.yaml. Its nodes keep the file's order.
type contract struct{ root *yaml.Node }

// A row is an operation, or a type of a response, with its inferred parts.
type row struct{ Name, Request, Inferred string }

var classWords = map[string]string{
	"keyed":         "that the key is honoured",
	"safe":          "that it changes nothing",
	"keyUnverified": "that the key may not be honoured",
}

func (c contract) each(f func(method, path string, op *yaml.Node)) {
	eachPair(child(c.root, "paths"), func(path string, methods *yaml.Node) {
		eachPair(methods, func(method string, op *yaml.Node) { f(strings.ToUpper(method), path, op) })
	})
}

func (c contract) operations() (n int) {
	c.each(func(_, _ string, _ *yaml.Node) { n++ })
	return n
}

// requests returns the operations whose requests are inferred in some part.
func (c contract) requests() (rows []row) {
	c.each(func(method, path string, op *yaml.Node) {
		if parts := c.inferredOf(op); len(parts) > 0 {
			rows = append(rows, row{value(op, "operationId"), method + " " + path, strings.Join(parts, "; ")})
		}
	})
	return rows
}

func (c contract) inferredOf(op *yaml.Node) (parts []string) {
	if value(op, "x-evidence") == "inferred" {
		parts = append(parts, "the path")
	}
	if value(op, "x-class-evidence") == "inferred" {
		parts = append(parts, classWords[value(op, "x-retry-class")])
	}
	for _, kind := range []string{"query", "header"} {
		if names := c.inferredParameters(op, kind); len(names) > 0 {
			parts = append(parts, kind+": "+strings.Join(names, ", "))
		}
	}
	if body := child(op, "requestBody", "content", "application/json", "schema"); body != nil {
		if names := c.inferredFields(c.resolve(body)); len(names) > 0 {
			parts = append(parts, "body: "+strings.Join(names, ", "))
		}
	}
	return parts
}

func (c contract) inferredParameters(op *yaml.Node, kind string) (names []string) {
	for _, item := range items(child(op, "parameters")) {
		if p := c.resolve(item); value(p, "x-evidence") == "inferred" && value(p, "in") == kind {
			names = append(names, "`"+value(p, "name")+"`")
		}
	}
	return names
}

// responses returns the types in responses, with their inferred fields.
func (c contract) responses() (rows []row) {
	eachPair(child(c.root, "components", "schemas"), func(name string, schema *yaml.Node) {
		if value(schema, "x-request") == "true" {
			return
		}
		if goName := value(schema, "x-go-name"); goName != "" {
			name = goName
		}
		if names := c.inferredFields(schema); len(names) > 0 {
			rows = append(rows, row{Name: name, Inferred: strings.Join(names, ", ")})
		}
	})
	return rows
}

// inferredFields returns a schema's own fields that no page names. The schema's
// mark is the default of its fields.
func (c contract) inferredFields(schema *yaml.Node) (names []string) {
	parts := append([]*yaml.Node{schema}, items(child(schema, "allOf"))...)
	for _, part := range parts {
		eachPair(child(part, "properties"), func(name string, property *yaml.Node) {
			evidence := value(property, "x-evidence")
			if evidence == "" {
				evidence = value(schema, "x-evidence")
			}
			if evidence == "inferred" {
				names = append(names, "`"+name+"`")
			}
		})
	}
	return names
}

func (c contract) resolve(node *yaml.Node) *yaml.Node {
	if ref := value(node, "$ref"); ref != "" {
		return child(c.root, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	return node
}

// child walks down a node's mappings; nil if a key does not exist.
func child(node *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		var next *yaml.Node
		eachPair(node, func(name string, value *yaml.Node) {
			if name == key {
				next = value
			}
		})
		node = next
	}
	return node
}

func value(node *yaml.Node, key string) string {
	if found := child(node, key); found != nil {
		return found.Value
	}
	return ""
}

func items(node *yaml.Node) []*yaml.Node {
	if node == nil {
		return nil
	}
	return node.Content
}

func eachPair(node *yaml.Node, f func(key string, value *yaml.Node)) {
	if node == nil || node.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		f(node.Content[i].Value, node.Content[i+1])
	}
}
