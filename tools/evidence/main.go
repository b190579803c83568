// Command evidence takes what the API was seen to do back into the contract.
//
//	go run ./evidence [-check] [-date 2026-11-30] [-base-url URL] report.json... ../gen/openapi.yaml
//
// The reports are drift reports of clients, as JSON. What they confirm changes
// from "x-evidence: inferred" to "observed", with the date of the report beside
// it (x-observed), or of -date:
//
//   - an operation's method and path, with its path's parameters, by a success at
//     that path (a client may have another one by WithPath);
//   - a field of a response that fitted whenever it came, if no report has a
//     difference for it;
//   - the class of a keyed operation (x-class-evidence, x-class-observed) by a
//     replay mark.
//
// A report does not show what was sent, so that fields of requests, query
// parameters and headers stay inferred. What is documented stays documented, and
// dates move forward only. A field's mark belongs to its schema, whichever
// operation has shown it.
//
// All differences are listed with the line of the contract. One of an observed
// statement changes nothing: a person decides. Exit status 1 reports that there
// is one, 2 that the input is bad and nothing was written.
//
// A report holds for the contract that its client was generated from: use those
// of the present version. Reports of other servers than the contract's own prove
// nothing, a sandbox's least of all. -base-url accepts another server's.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bardge/bardge-go/tools/internal/openapi"
)

func main() {
	code, err := run(os.Args[1:], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "evidence:", err)
	}
	os.Exit(code)
}

const usage = "evidence [-check] [-date 2026-11-30] [-base-url URL] report.json... openapi.yaml"

type arguments struct {
	check    bool
	date     string
	baseURL  string
	reports  []string
	contract string
}

func parse(args []string) (arguments, error) {
	var a arguments
	flags := flag.NewFlagSet("evidence", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.BoolVar(&a.check, "check", false, "list only")
	flags.StringVar(&a.date, "date", "", "date of the observation")
	flags.StringVar(&a.baseURL, "base-url", "", "accept reports of this server, too")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return arguments{}, errors.New("usage: " + usage)
	case err != nil:
		return arguments{}, fmt.Errorf("%w; usage: %s", err, usage)
	}
	if flags.NArg() < 2 {
		return arguments{}, errors.New("usage: " + usage)
	}
	a.reports, a.contract = flags.Args()[:flags.NArg()-1], flags.Arg(flags.NArg()-1)
	if a.date != "" {
		return a, checkDate(a.date)
	}
	return a, nil
}

// checkDate refuses a date that no report of today can have: dates move forward
// only.
func checkDate(date string) error {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return fmt.Errorf("%q is not a date such as 2026-11-30", date)
	}
	if at.After(time.Now().AddDate(0, 0, 1)) {
		return fmt.Errorf("the date %s is in the future", date)
	}
	return nil
}

func run(args []string, out io.Writer) (code int, err error) {
	const badInput = 2
	a, err := parse(args)
	if err != nil {
		return badInput, err
	}
	text, err := os.ReadFile(a.contract)
	if err != nil {
		return badInput, err
	}
	contract, err := openapi.Parse(text)
	if err != nil {
		return badInput, fmt.Errorf("%s: %w", a.contract, err)
	}
	j := newJudge(contract, a.date)
	for _, name := range a.reports {
		r, err := readReport(name)
		if err != nil {
			return badInput, err
		}
		if err := accept(r, append(contract.Servers(), a.baseURL)); err != nil {
			return badInput, fmt.Errorf("%s: %w", name, err)
		}
		j.add(r)
	}
	changes, findings := j.verdict()
	now, err := apply(text, changes)
	if err != nil {
		return badInput, fmt.Errorf("%s: %w", a.contract, err)
	}
	if a.check {
		return list(out, findings, func(line int) int { return line }), nil
	}
	if len(changes) > 0 {
		if err := replace(a.contract, now.text); err != nil {
			return badInput, err
		}
	}
	return list(out, findings, now.line), nil
}

// accept requires a report to be of one of the servers, and of the past.
func accept(r report, servers []string) error {
	if err := checkDate(day(r.Until)); err != nil {
		return err
	}
	if !slices.ContainsFunc(servers, func(url string) bool { return url != "" && sameURL(url, r.BaseURL) }) {
		return fmt.Errorf("it is of another server, %q (see -base-url)", r.BaseURL)
	}
	return nil
}

func sameURL(a, b string) bool { return strings.TrimRight(a, "/") == strings.TrimRight(b, "/") }

// replace writes a file whole or not at all, with the mode that it had.
func replace(name string, text []byte) error {
	name, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(name), ".evidence-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }() // gone once it is renamed
	_, err = file.Write(text)
	if err := errors.Join(err, file.Chmod(info.Mode().Perm()), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}

// list prints the findings, with the lines where they are now, and returns the
// exit status.
func list(out io.Writer, findings []finding, line func(before int) int) (code int) {
	for _, f := range findings {
		place := "-"
		if f.line > 0 {
			place = fmt.Sprintf("line %d", line(f.line))
		}
		_, _ = fmt.Fprintf(out, "%-12s %-10s %s\n", f.kind, place, f.text)
		if f.kind == contradicts {
			code = 1
		}
	}
	return code
}
