// Package connections measures the cost of this SDK's connections when many
// callers share a client: with its own transport and a limit of 100 idle
// connections, with its own transport as it is, and over HTTP/2 with another
// transport. Callers call one after the other, or all at once with pauses.
//
//	go test ./connections -args -json connections.json
//
// measures for about a minute. Without -json it only checks that measuring
// works.
package connections

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bardge/bardge-go/bench/speed/measurement"
)

type Report struct {
	// Pause is the time between two bursts.
	Pause time.Duration `json:"pause_ns"`
	// Rows are ordered by load and number of callers; the reference, which is
	// limited, is the first of each.
	Rows []Row `json:"rows"`
}

// Row is the cost of a call over one transport under one load.
type Row struct {
	Callers   int    `json:"callers"`
	Load      Load   `json:"load"`
	Transport string `json:"transport"`
	// Rate is the number of calls in a second; of bursts, without the pauses.
	Rate Figure `json:"rate"`
	// CPU is the client's processor time for a call, in nanoseconds.
	CPU Figure `json:"cpu_ns"`
	// P50 and P99 are the times in nanoseconds that so many percent of the
	// calls did not exceed.
	P50 Figure `json:"p50_ns"`
	P99 Figure `json:"p99_ns"`
	// Handshakes is the number of TLS handshakes for a call.
	Handshakes float64 `json:"handshakes"`
}

// Load is how callers call.
type Load string

const (
	// Steady callers make one call after the other.
	Steady Load = "steady"
	// Bursts: all callers at once, one call each, then a pause.
	Bursts Load = "bursts"
)

// Figure is a measured value: the median of the passes.
type Figure struct {
	Value float64 `json:"value"`
	// Ratio is the median of the passes' ratios to the reference, Low and High
	// are their least and greatest.
	Ratio float64 `json:"ratio"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// figure compares the passes' values with the reference's.
func figure(values, reference []float64) Figure {
	ratios := make([]float64, len(values))
	for pass := range values {
		ratios[pass] = values[pass] / reference[pass]
	}
	return Figure{measurement.Median(values), measurement.Median(ratios), slices.Min(ratios), slices.Max(ratios)}
}

// in formats the value in a unit, the ratio and its spread.
func (f Figure) in(format string, unit float64) string {
	return fmt.Sprintf(format+", x%.2f (%.2f-%.2f)", f.Value/unit, f.Ratio, f.Low, f.High)
}

const intro = `One issue-pass call of this SDK among so many callers at a time, over TLS to a server that is a process
of its own on the same machine, held against its own transport with 100 idle connections at most (x); in brackets, how
far this ratio spread. *Bursts* are all callers at once, one call each, with pauses of %d ms, which the calls per second
leave out. CPU is the client's. HTTP/2 is net/http's, on a transport that this SDK uses as it is.

| callers | load | transport | calls per second | CPU per call | handshakes per call | p50 | p99 |
| ---: | --- | --- | ---: | ---: | ---: | ---: | ---: |
`

// Markdown returns the report for a reader.
func (r Report) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, intro, r.Pause.Milliseconds())
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "| %d | %s | %s | %s | %s | %.2f | %s | %s |\n", row.Callers, row.Load, row.Transport,
			row.Rate.in("%.0f", 1), row.CPU.in("%.0f µs", 1e3), row.Handshakes,
			row.P50.in("%.1f ms", 1e6), row.P99.in("%.1f ms", 1e6))
	}
	return b.String()
}
