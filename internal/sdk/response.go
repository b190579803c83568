package sdk

import (
	"fmt"
	"log/slog"

	"github.com/bardge/bardge-go/idem"
)

func ResponseText(operation string, status int, r *idem.Result, first Mark) string {
	return fmt.Sprintf("%s: %s, status %d, attempts %d%s", operation, r.Outcome, status, len(r.Attempts), Marks(
		first,
		Mark{r.Recovered, "recovered"},
		Mark{r.FromJournal, "from journal"},
		Mark{r.RecordErr != nil, "not recorded"},
	))
}

// ResponseValue returns ResponseText's values for a logger, and the vendor's.
func ResponseValue(operation string, status int, r *idem.Result, first slog.Attr, more ...slog.Attr) slog.Value {
	return slog.GroupValue(append([]slog.Attr{
		slog.String("operation", operation),
		slog.String("outcome", r.Outcome.String()),
		slog.Int("status", status),
		slog.Int("attempts", len(r.Attempts)),
		first,
		slog.Bool("recovered", r.Recovered),
		slog.Bool("from_journal", r.FromJournal),
	}, more...)...)
}
