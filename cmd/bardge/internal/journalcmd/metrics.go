package journalcmd

import (
	"fmt"
	"io"
	"strings"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/journal"
)

// writeMetrics writes counts as OpenMetrics text. Labels hold operations' names,
// states and ages: no ref, key or account.
func writeMetrics(w io.Writer, s journal.Stats) error {
	var b strings.Builder
	family := func(name, unit, help string) {
		fmt.Fprintf(&b, "# TYPE %s gauge\n", name)
		if unit != "" {
			fmt.Fprintf(&b, "# UNIT %s %s\n", name, unit)
		}
		fmt.Fprintf(&b, "# HELP %s %s\n", name, help)
	}
	family("bardge_journal_operations", "", "Operations in the journal by state.")
	c := newCounts(s)
	for _, state := range []struct {
		name  string
		count int
	}{{"open", c.Open}, {"reserved", c.Reserved}, {"free", c.Free}, {"done", c.Done}} {
		fmt.Fprintf(&b, "bardge_journal_operations{state=\"%s\"} %d\n", state.name, state.count)
	}
	family("bardge_journal_open_operations", "", "Operations whose outcome is unknown, by name.")
	for _, p := range c.Pending {
		fmt.Fprintf(&b, "bardge_journal_open_operations{operation=\"%s\"} %d\n", label(p.Operation), p.Open)
	}
	family("bardge_journal_pending_operations", "",
		"Open and reserved operations that are at least so many seconds old, by name.")
	for _, p := range c.Pending {
		for _, o := range p.OlderThan {
			fmt.Fprintf(&b, "bardge_journal_pending_operations{operation=\"%s\",min_age=\"%d\"} %d\n",
				label(p.Operation), o.Seconds, o.Count)
		}
	}
	family("bardge_journal_oldest_pending_seconds", "seconds", "Age of the oldest open or reserved operation, by name.")
	for _, p := range c.Pending {
		fmt.Fprintf(&b, "bardge_journal_oldest_pending_seconds{operation=\"%s\"} %d\n",
			label(p.Operation), p.OldestSeconds)
	}
	b.WriteString("# EOF\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// label escapes a label's value.
func label(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(cli.Printable(s))
}
