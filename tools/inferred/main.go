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

	"github.com/bardge/bardge-go/tools/internal/openapi"
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
	text, err := os.ReadFile(args[0]) //nolint:gosec // the user names it
	if err != nil {
		return err
	}
	document, err := openapi.Parse(text)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	err = template.Must(template.New("page").Parse(page)).Execute(&out, newSummary(contract{document}))
	if err != nil {
		return err
	}
	return os.WriteFile(args[1], out.Bytes(), 0o644) //nolint:gosec // a document
}

// summary is what the page shows.
type summary struct {
	Operations                 int   // without the previews
	Requests, Responses        []row // with inferred parts
	Previews, PreviewResponses []row
	Observed                   []row // statements that were inferred before
}

func newSummary(c contract) summary {
	s := summary{Observed: c.observed()}
	for _, op := range c.Operations() {
		r := row{Name: op.ID, Request: op.Method + " " + op.Path, Parts: strings.Join(c.parts(op.Node, inferred), "; ")}
		switch {
		case isPreview(op.Node):
			s.Previews = append(s.Previews, r)
		case r.Parts != "":
			s.Requests = append(s.Requests, r)
			fallthrough
		default:
			s.Operations++
		}
	}
	for _, schema := range c.Schemas() {
		r := row{Name: schema.Type, Parts: code(c.fields(schema.Node, inferred))}
		switch {
		case r.Parts == "", schema.IsRequest():
		case isPreview(schema.Node):
			s.PreviewResponses = append(s.PreviewResponses, r)
		default:
			s.Responses = append(s.Responses, r)
		}
	}
	return s
}

// A row is an operation, or a type of a response, with parts of it.
type row struct{ Name, Request, Parts, Date string }

const (
	inferred = "inferred"
	observed = "observed"
)

func isPreview(node *yaml.Node) bool { return openapi.Value(node, "x-preview") == "true" }
