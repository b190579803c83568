// Package connections measures the cost of this SDK's connections when many
// callers share a client: with its own transport and 100 idle connections, with
// its own transport as it is, and over another transport's HTTP/2. Callers call
// in turn, or all at once with pauses.
//
//	go test ./connections -args -json connections.json
//
// measures for about a minute. Without -json it only checks itself.
package connections

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bardge/bardge-go/bench/speed/measurement"
)

type Report struct {
	Pause time.Duration `json:"pause_ns"` // the time between two bursts
	// Rows are ordered by load and callers; each begins with the reference.
	Rows []Row `json:"rows"`
}

type Row struct {
	Callers   int    `json:"callers"`
	Load      Load   `json:"load"`
	Transport string `json:"transport"`
	Rate      Figure `json:"rate"`   // calls per second; of bursts, without the pauses
	CPU       Figure `json:"cpu_ns"` // the client's, in nanoseconds
	// P50 and P99 are percentiles of a call's time in nanoseconds.
	P50        Figure  `json:"p50_ns"`
	P99        Figure  `json:"p99_ns"`
	Handshakes float64 `json:"handshakes"` // TLS handshakes per call
}

type Load string

const (
	Steady Load = "steady" // each caller makes one call after the other
	Bursts Load = "bursts" // all callers at once, one call each, then a pause
)

// Figure is a measured value: the median of the passes.
type Figure struct {
	Value float64 `json:"value"`
	// Ratio is the median of the passes' ratios, within Low and High.
	Ratio float64 `json:"ratio"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

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
