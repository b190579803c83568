// Package pace measures how many callers of one client get their calls done at
// a server that limits the rate of requests: with this SDK, which is or is not
// given the limit, and with callers that wait by hand for as long as each of
// them is told to.
//
//	go test ./pace -args -json pace.json
//
// measures for about four minutes. Without -json it only checks itself.
package pace

import (
	"fmt"
	"strings"
	"time"
)

// Report has a row for each policy.
type Report struct {
	Callers int           `json:"callers"`
	Calls   int           `json:"calls"`
	Rate    float64       `json:"rate"`     // the server's limit, in requests a second
	Burst   float64       `json:"burst"`    // the size of its token bucket
	Ideal   time.Duration `json:"ideal_ns"` // the least time in which the limit allows all calls
	Rows    []Row         `json:"rows"`
}

// Row is what one policy did.
type Row struct {
	Policy   string        `json:"policy"`
	Done     int           `json:"done"` // calls
	Requests int           `json:"requests"`
	Rejected int           `json:"rejected"` // responses 429
	Took     time.Duration `json:"took_ns"`
}

// Share is the share of the responses that were 429.
func (r Row) Share() float64 { return float64(r.Rejected) / float64(max(r.Requests, 1)) }

// Markdown returns the report as a table.
func (r Report) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d callers make %d calls of 20 to 60 ms; "+
		"the server allows %.0f requests a second, in bursts of %.0f,\n"+
		"and answers others with 429 and `Retry-After: 1`. At best all are done in %.1f s.\n\n",
		r.Callers, r.Calls, r.Rate, r.Burst, r.Ideal.Seconds())
	b.WriteString("| policy | done | requests | 429 | time | of the best |\n")
	b.WriteString("| --- | ---: | ---: | ---: | ---: | ---: |\n")
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "| %s | %d | %d | %.1f %% | %.1f s | x%.2f |\n", row.Policy, row.Done, row.Requests,
			100*row.Share(), row.Took.Seconds(), row.Took.Seconds()/r.Ideal.Seconds())
	}
	return b.String()
}
