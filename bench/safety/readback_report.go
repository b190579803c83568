package safety

import (
	"fmt"
	"strings"
	"time"
)

// ReadBack is the second table: operations that the API lets be read back.
type ReadBack struct {
	Days int   `json:"days"`
	Rows []Row `json:"rows"` // end with this SDK without recovery, then with it
	// P50 and P99 are how long after its call recovery ended a doubt.
	P50 time.Duration `json:"resolved_p50_ns"`
	P99 time.Duration `json:"resolved_p99_ns"`
}

func (r ReadBack) Markdown() string {
	var b strings.Builder
	if len(r.Rows) == 0 {
		return ""
	}
	ours := r.Rows[len(r.Rows)-1]
	fmt.Fprintf(&b, readBackIntro, ours.Operations/max(r.Days, 1), r.Days)
	table(&b, r.Rows)
	fmt.Fprintf(&b, readBackTerms, round(r.P50), round(r.P99))
	b.WriteString("| operation | true success | by the call | by asking again | by reading | failed | " +
		"unknown: executed | unknown: not executed |\n" +
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, kind := range Kinds {
		e := ours.Kinds[kind]
		fmt.Fprintf(&b, "| %s | %.2f %% | %d | %d | %d | %d | %d | %d |\n", kind, e.Rate(),
			e.ByCall, e.ByAsking, e.ByReading, e.Failed, e.Unknown.Issued, e.Unknown.NotIssued)
	}
	b.WriteString(readBackRest)
	return b.String()
}
