package safety

import (
	"fmt"
	"strings"
)

// BelowSDKs is the third table: other vendors' SDKs over the engine's transport.
type BelowSDKs struct {
	Days     int   `json:"days"`
	Rows     []Row `json:"rows"`
	Settings []Row `json:"settings"`
}

func (r BelowSDKs) Markdown() string {
	var b strings.Builder
	if len(r.Rows) == 0 {
		return ""
	}
	fmt.Fprintf(&b, belowIntro, r.Rows[0].Operations/max(r.Days, 1), r.Days)
	table(&b, r.Rows)
	b.WriteString(belowTerms)
	b.WriteString("| client | true success | unknown | keyless | duplicates | lies | p99 |\n" +
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, row := range r.Settings {
		fmt.Fprintf(&b, "| %s | %.2f %% | %d | %d | %s | %s | %s |\n", row.Client, row.Rate(),
			row.Unknown, row.Keyless, strong(row.Duplicates), strong(row.Lies), round(row.P99))
	}
	b.WriteString(belowRest)
	return b.String()
}
