package main

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/bardge/bardge-go/tools/internal/openapi"
)

// The values of a mark.
const (
	inferred = "inferred"
	observed = "observed"
)

// A mark is a statement of the contract with its evidence.
type mark struct {
	name     string
	node     *yaml.Node // the mapping that holds the mark
	keys     markKeys
	evidence string // the node's own, or else its schema's
	date     string // of an observation
}

type markKeys struct{ evidence, date string }

var (
	plainKeys = markKeys{"x-evidence", "x-observed"}
	classKeys = markKeys{"x-class-evidence", "x-class-observed"}
)

func newMark(name string, node *yaml.Node, keys markKeys) mark {
	return mark{name, node, keys, openapi.Value(node, keys.evidence), openapi.Value(node, keys.date)}
}

// line is the line of the contract to read: the mark's own, or else where the
// statement begins.
func (m mark) line() int {
	if _, value := openapi.Pair(m.node, m.keys.evidence); value != nil {
		return value.Line
	}
	return m.node.Line
}

// book is the contract by the names that reports use.
type book struct {
	contract   openapi.Contract
	operations map[string]openapi.Operation
	schemas    map[string]openapi.Schema // by type in Go
}

func newBook(c openapi.Contract) book {
	b := book{c, map[string]openapi.Operation{}, map[string]openapi.Schema{}}
	for _, op := range c.Operations() {
		b.operations[op.ID] = op
	}
	for _, s := range c.Schemas() {
		if !s.IsRequest() { // of what was sent, a report shows nothing
			b.schemas[s.Type] = s
		}
	}
	return b
}

// field returns the mark of a field such as "Booking.status".
func (b book) field(name string) (mark, bool) {
	typeName, fieldName, _ := strings.Cut(name, ".")
	p, found := b.contract.Property(b.schemas[typeName].Node, fieldName)
	if !found {
		return mark{}, false
	}
	m := newMark(name, p.Node, plainKeys)
	m.evidence = p.Evidence
	return m, true
}
