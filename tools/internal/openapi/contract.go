// Package openapi reads the contract, gen/openapi.yaml, as YAML nodes: they keep
// the file's order, its lines and its columns.
package openapi

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Contract is the root of an OpenAPI document.
type Contract struct{ root *yaml.Node }

// Parse reads a document. It must be a mapping with paths.
func Parse(text []byte) (Contract, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return Contract{}, err
	}
	if len(document.Content) == 0 || Child(document.Content[0], "paths") == nil {
		return Contract{}, errors.New("not an OpenAPI document: it has no paths")
	}
	return Contract{document.Content[0]}, nil
}

// Operation is an operation with its place.
type Operation struct {
	ID, Method, Path string
	Node             *yaml.Node
}

// Operations returns all operations in the file's order.
func (c Contract) Operations() (all []Operation) {
	EachPair(Child(c.root, "paths"), func(path, methods *yaml.Node) {
		EachPair(methods, func(method, op *yaml.Node) {
			all = append(all, Operation{Value(op, "operationId"), strings.ToUpper(method.Value), path.Value, op})
		})
	})
	return all
}

// Schema is a schema of the document's components.
type Schema struct {
	Name      string // in the document
	Type      string // in Go
	Key, Node *yaml.Node
}

// Schemas returns the schemas in the file's order.
func (c Contract) Schemas() (all []Schema) {
	EachPair(Child(c.root, "components", "schemas"), func(key, node *yaml.Node) {
		s := Schema{Name: key.Value, Type: key.Value, Key: key, Node: node}
		if name := Value(node, "x-go-name"); name != "" {
			s.Type = name
		}
		all = append(all, s)
	})
	return all
}

// IsRequest reports whether the schema is a request's body.
func (s Schema) IsRequest() bool { return Value(s.Node, "x-request") == "true" }

// Servers returns the URLs of the document's servers.
func (c Contract) Servers() (urls []string) {
	for _, server := range Items(Child(c.root, "servers")) {
		urls = append(urls, Value(server, "url"))
	}
	return urls
}

// Resolve follows a reference to the node that it names.
func (c Contract) Resolve(node *yaml.Node) *yaml.Node {
	if ref := Value(node, "$ref"); ref != "" {
		return Child(c.root, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	return node
}

// Body returns the schema of an operation's request; nil if it has no body.
func (c Contract) Body(op *yaml.Node) *yaml.Node {
	return c.Resolve(jsonSchema(Child(op, "requestBody")))
}

func jsonSchema(node *yaml.Node) *yaml.Node {
	return Child(node, "content", "application/json", "schema")
}

// Property is a field of a schema.
type Property struct {
	Name     string
	Node     *yaml.Node
	Evidence string // its own mark, or else its schema's
	Observed string // date, if Evidence is "observed"
}

// Properties returns the fields that a schema states itself, without the fields
// of schemas that it refers to.
func (c Contract) Properties(schema *yaml.Node) (all []Property) {
	for _, part := range append([]*yaml.Node{schema}, Items(Child(schema, "allOf"))...) {
		EachPair(Child(part, "properties"), func(key, node *yaml.Node) {
			p := Property{key.Value, node, Value(node, "x-evidence"), Value(node, "x-observed")}
			if p.Evidence == "" {
				p.Evidence = Value(schema, "x-evidence")
			}
			all = append(all, p)
		})
	}
	return all
}

// Property returns a field of a schema, or of one that the schema builds on.
func (c Contract) Property(schema *yaml.Node, name string) (Property, bool) {
	for _, p := range c.Properties(schema) {
		if p.Name == name {
			return p, true
		}
	}
	for _, part := range Items(Child(schema, "allOf")) {
		if Value(part, "$ref") == "" {
			continue
		}
		if p, ok := c.Property(c.Resolve(part), name); ok {
			return p, true
		}
	}
	return Property{}, false
}
