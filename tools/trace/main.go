// Command trace shows how much of this module's code one call runs through: it
// issues a pass at a server that answers 503 once and then 201, and counts the
// functions that are entered on the way.
//
//	go run . [-calls] [-functions] [-skip REGEXP] [-max-entries N] [-max-distinct N]
//
// The call runs over a copy of the sources whose functions record their
// entries:
//
//   - of the root module's packages that the client imports, generated files
//     with the rest; never of the standard library or another module;
//   - a function literal as a function of its own, and an inlined function as
//     any other;
//   - from the call of Issue to its return, on a new client; not what New and
//     the packages' initialisation do;
//   - on all goroutines: net/http calls the client's hooks on the call's own,
//     and its dialer and its connections on others. Moves between files are
//     counted within each goroutine.
//
// -skip leaves out files by their path in the module, such as
// '^internal/wire/'. The command fails if a -max flag is exceeded.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
)

func main() {
	calls := flag.Bool("calls", false, "print the sequence of calls")
	functions := flag.Bool("functions", false, "print the functions and their entries")
	limits := figures{}
	flag.IntVar(&limits.entries, "max-entries", 0, "entries that are allowed; 0 is any number")
	flag.IntVar(&limits.distinct, "max-distinct", 0, "distinct functions that are allowed; 0 is any number")
	var skip *regexp.Regexp
	flag.Func("skip", "leave out the files that match this `regexp`", func(s string) (err error) {
		skip, err = regexp.Compile(s)
		return err
	})
	flag.Parse()

	t, err := run()
	if skip != nil {
		t = t.without(skip)
	}
	if err == nil && len(t.entries) == 0 {
		err = errors.New("no function of these files is entered")
	}
	if err == nil {
		_, err = fmt.Print(t.report(*calls, *functions)) //nolint:forbidigo // a command prints
		err = errors.Join(err, t.figures().exceeds(limits))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "trace:", err)
		os.Exit(1)
	}
}

// exceeds returns an error if a figure exceeds its limit; zero is no limit.
func (f figures) exceeds(limits figures) error {
	var errs []error
	if limits.entries > 0 && f.entries > limits.entries {
		errs = append(errs, fmt.Errorf("%d entries, and %d are allowed", f.entries, limits.entries))
	}
	if limits.distinct > 0 && f.distinct > limits.distinct {
		errs = append(errs, fmt.Errorf("%d distinct functions, and %d are allowed", f.distinct, limits.distinct))
	}
	return errors.Join(errs...)
}
