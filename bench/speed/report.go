// Package speed measures the cost of one issue-pass call with each client of
// package peers: to build it, send it and decode its response.
//
// Calls are made in memory, where only the client's own work counts, and over
// loopback, to a server in its own process. The reference is net/http.
//
//	go test ./speed -args -json speed.json
//
// measures for some minutes. Without -json it only checks that measuring works.
package speed

import (
	"fmt"
	"strings"

	"github.com/bardge/bardge-go/bench/speed/measurement"
)

type Report struct {
	Clients []Client `json:"clients"` // begin with the reference, net/http by hand
	Flying  int      `json:"flying"`  // how many calls were in flight for InFlight
}

// Client is the cost of a call with one client, in memory but for Loopback.
type Client struct {
	Name     string              `json:"name"`
	Version  string              `json:"version"`
	Memory   measurement.Timing  `json:"memory"`
	Loopback measurement.Timing  `json:"loopback"`
	Call     measurement.Garbage `json:"call"`            // what the call allocates
	InFlight float64             `json:"in_flight"`       // what it holds while it waits for its response, in bytes
	Retry    *Retry              `json:"retry,omitempty"` // the cost of one more attempt; nil if the client makes none
}

// Retry is the cost that one more attempt, after a 503, adds to a call.
type Retry struct {
	Nanos float64 `json:"nanos"` // its time, with a wait of a nanosecond
	Ratio float64 `json:"ratio"` // Nanos over go-retryablehttp's
	// Low and High are the least and the greatest time of a pass.
	Low     float64             `json:"low"`
	High    float64             `json:"high"`
	Garbage measurement.Garbage `json:"garbage"` // what the attempt allocates
}

func (r Report) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "One issue-pass call: build, send, decode. Times are held against %s (x); in brackets,\n"+
		"how far this ratio spread. Allocations and bytes are those of a call in memory; *held* is what it keeps\n"+
		"while it waits for its answer, as one of %d. Over loopback the server is a process of its own.\n\n",
		r.Clients[0].Name, r.Flying)
	b.WriteString("| client | in memory | over loopback | allocations | bytes | held |\n")
	b.WriteString("| --- | ---: | ---: | ---: | ---: | ---: |\n")
	for _, c := range r.Clients {
		fmt.Fprintf(&b, "| %s | %s | %s | %.0f | %.0f | %.1f KiB |\n",
			c.Name, c.Memory, c.Loopback, c.Call.Allocations, c.Call.Bytes, c.InFlight/1024)
	}
	b.WriteString("\nWhat one more attempt adds after a 503, with a wait of a nanosecond, held against\n" +
		"go-retryablehttp (x); in brackets, how far the time spread.\n\n")
	b.WriteString("| client | time | allocations | bytes |\n")
	b.WriteString("| --- | ---: | ---: | ---: |\n")
	for _, c := range r.Clients {
		fmt.Fprintf(&b, "| %s | %s\n", c.Name, c.Retry)
	}
	return b.String()
}

func (r *Retry) String() string {
	if r == nil {
		return "makes none | | |"
	}
	return fmt.Sprintf("%.1f µs, x%.2f (%.1f-%.1f) | %.0f | %.0f |",
		r.Nanos/1e3, r.Ratio, r.Low/1e3, r.High/1e3, r.Garbage.Allocations, r.Garbage.Bytes)
}
