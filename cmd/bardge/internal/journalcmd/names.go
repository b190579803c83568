package journalcmd

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/calls"
	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/journal"
)

// checkOperation refuses the name of an operation that neither a vendor has nor
// the journal: with it nothing would be found, as if nothing were open.
func (o *opened) checkOperation(ctx context.Context, cmd *cobra.Command, name string) error {
	known := operationNames(cmd.Root())
	if name == "" || slices.Contains(known, name) {
		return nil
	}
	reader, ok := o.Journal.(journal.Reader)
	if !ok {
		return nil
	}
	found, err := reader.List(ctx, journal.Filter{State: journal.StateAny, Operation: name, Limit: 1})
	if err != nil || len(found) > 0 {
		return err
	}
	next := "\"bardge journal list --state any\" shows the names that the journal has."
	if near := nearest(name, known); len(near) > 0 {
		next = "Did you mean " + strings.Join(near, " or ") + "?"
	}
	return cli.Advise(cli.Usage(fmt.Errorf("--operation %q is no operation of a vendor or of the journal", name)),
		cli.Advice{Next: next})
}

// operationNames returns the names of both vendors' operations.
func operationNames(cmd *cobra.Command) []string {
	names := strings.Fields(cmd.Annotations[calls.OperationsAnnotation])
	for _, sub := range cmd.Commands() {
		names = append(names, operationNames(sub)...)
	}
	return names
}

// nearest returns the names that differ from a misspelt one by letter case, or
// in up to a third of it, the nearest ones alone.
func nearest(name string, known []string) []string {
	near := make([]string, 0, 2)
	least := len(name)/3 + 1
	for _, k := range known {
		switch d := distance(strings.ToLower(name), strings.ToLower(k)); {
		case d < least:
			near, least = append(near[:0], k), d
		case d == least && len(near) > 0 && !slices.Contains(near, k):
			near = append(near, k)
		}
	}
	return near
}

// distance returns how many bytes have to be added, dropped or replaced to make
// b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
