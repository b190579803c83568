// Command commands writes the tables behind the subcommands of cmd/bardge that
// call the APIs: each exported method of a service of the SDK, with its params as
// flags and its comments as help. Comments do not exist at run time.
//
// Usage:
//
//	go run ./commands FOLDER_OF_THE_TABLES
package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed table.go.tmpl
var tableText string

var table = template.Must(template.New("table").Funcs(template.FuncMap{
	"quote": quote, "quotes": quotes,
}).Parse(tableText))

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "commands:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return errors.New("the folder of the tables is needed")
	}
	// The generator runs in tools, beside the packages that it reads.
	for _, folder := range []string{"..", "../bluesnap"} {
		pkg, err := load(folder)
		if err != nil {
			return err
		}
		services, err := pkg.services()
		if err != nil {
			return err
		}
		if err := checkTexts(services); err != nil {
			return err
		}
		var source bytes.Buffer
		if err := table.Execute(&source, map[string]any{"Package": pkg.name(), "Services": services}); err != nil {
			return err
		}
		formatted, err := format.Source(source.Bytes())
		if err != nil {
			return fmt.Errorf("%w in:\n%s", err, source.Bytes())
		}
		name := filepath.Join(args[0], "zz_"+pkg.name()+".gen.go")
		if err := os.WriteFile(name, formatted, 0o644); err != nil { //nolint:gosec // source code
			return err
		}
	}
	return nil
}

// checkTexts fails for a comment that links to what has no name on the command
// line.
func checkTexts(services []service) error {
	check := func(where, text string) error {
		if strings.Contains(text, "[") {
			return fmt.Errorf("%s: no words for a name of Go's in %q", where, text)
		}
		return nil
	}
	var errs []error
	for _, s := range services {
		errs = append(errs, check(s.GoName, s.Long))
		for _, m := range s.Methods {
			where := s.GoName + " " + m.Name
			errs = append(errs, check(where, m.Long))
			for _, p := range m.Params {
				errs = append(errs, check(where+" --"+p.Flag, p.Usage))
			}
		}
	}
	return errors.Join(errs...)
}
