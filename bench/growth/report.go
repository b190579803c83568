// Package growth measures the cost of one issue-pass call when many callers
// share a client, and proves that nothing in the client grows with the calls.
//
//	go test ./growth -args -json growth.json
//
// measures for about a minute. Without -json it only runs the proof.
package growth

import (
	"fmt"
	"strings"

	"github.com/bardge/bardge-go/bench/speed/measurement"
)

type Report struct {
	// Rows are ordered by callers; net/http by hand, the reference, is first.
	Rows []Row `json:"rows"`
}

// Row is the cost of a call with so many concurrent callers.
type Row struct {
	Callers int    `json:"callers"`
	Client  string `json:"client"`
	// Memory and Loopback are the time of all callers together, per call.
	Memory   measurement.Timing  `json:"memory"`
	Loopback measurement.Timing  `json:"loopback"`
	Call     measurement.Garbage `json:"call"`      // what a call allocates, in memory
	InFlight float64             `json:"in_flight"` // what a call holds while all callers wait, in bytes
}

func (r Report) Markdown() string {
	var b strings.Builder
	b.WriteString("One issue-pass call among so many callers at a time: their time together, per call, held against\n" +
		"net/http by hand with as many (x); what a call allocates in memory, and holds while all callers wait.\n\n")
	b.WriteString("| callers | client | in memory | over loopback | allocations | bytes | held |\n")
	b.WriteString("| ---: | --- | ---: | ---: | ---: | ---: | ---: |\n")
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "| %d | %s | %s | %s | %.0f | %.0f | %.1f KiB |\n", row.Callers, row.Client,
			row.Memory, row.Loopback, row.Call.Allocations, row.Call.Bytes, row.InFlight/1024)
	}
	return b.String()
}
