package sandboxcmd

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// readExpectations reads "IssuePass=1", "IssuePass=1..3" and "IssuePass=1..".
func readExpectations(texts []string) ([]fakeserver.Expectation, error) {
	var all []fakeserver.Expectation
	seen := map[string]bool{}
	for _, text := range texts {
		operation, counts, ok := strings.Cut(text, "=")
		one := fakeserver.Expectation{Match: fakeserver.Match{Operation: operation}}
		if operation == fakeserver.UnknownRoute { // such requests are rejected
			one.Match.Result = fakeserver.AnyResult
		}
		if !ok || operation == "" || !readCounts(&one, counts) {
			return nil, fmt.Errorf("%q is not OPERATION=COUNT, such as IssuePass=1 or IssuePass=1..3", text)
		}
		if seen[operation] {
			return nil, fmt.Errorf("%s is expected twice", operation)
		}
		seen[operation] = true
		all = append(all, one)
	}
	return all, nil
}

func readCounts(e *fakeserver.Expectation, text string) bool {
	least, most, ranged := strings.Cut(text, "..")
	if !ranged {
		e.Exactly = readCount(least)
		return e.Exactly != nil
	}
	e.AtLeast = readCount(least)
	if most != "" {
		e.AtMost = readCount(most)
	}
	return e.AtLeast != nil && (most == "" || e.AtMost != nil && *e.AtLeast <= *e.AtMost)
}

// readCount returns a number, or nil.
func readCount(text string) *int {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return nil
	}
	count := int(n)
	return &count
}

// known returns an error if the API has no operation of an expectation.
func known(control *fakeserver.Control, expected []fakeserver.Expectation) error {
	operations := control.Operations()
	for _, one := range expected {
		if name := one.Match.Operation; name != fakeserver.UnknownRoute && !slices.Contains(operations, name) {
			return fmt.Errorf("the API has no operation %q, but %s", name, strings.Join(operations, ", "))
		}
	}
	return nil
}
