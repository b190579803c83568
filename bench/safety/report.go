package safety

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bardge/bardge-go/bench/peers"
)

// Report is the table.
type Report struct {
	Days int   `json:"days"`
	Rows []Row `json:"rows"`
}

// Row is a client's line in it.
type Row struct {
	Counts
	Client  string        `json:"client"`
	Version string        `json:"version"`
	Mode    Mode          `json:"mode"`
	P50     time.Duration `json:"p50_ns"`
	P99     time.Duration `json:"p99_ns"`
}

func NewRow(c Client, mode Mode, t *Counts) Row {
	return Row{
		Client: c.Name, Version: c.Version, Mode: mode, Counts: *t,
		P50: t.Percentile(50), P99: t.Percentile(99),
	}
}

// Find returns a client's line; false if there is none.
func (r Report) Find(client string, mode Mode) (Row, bool) {
	at := slices.IndexFunc(r.Rows, func(row Row) bool { return row.Client == client && row.Mode == mode })
	if at < 0 {
		return Row{}, false
	}
	return r.Rows[at], true
}

func (r Report) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, intro, r.operations(), r.Days)
	r.table(&b, Remembers)
	b.WriteString(terms)
	r.lies(&b)
	r.reasons(&b)
	b.WriteString(forgetful)
	r.table(&b, Forgets)
	return b.String()
}

func (r Report) operations() int {
	if len(r.Rows) == 0 || r.Days == 0 {
		return 0
	}
	return r.Rows[0].Operations / r.Days
}

func (r Report) table(b *strings.Builder, mode Mode) {
	table(b, slices.DeleteFunc(slices.Clone(r.Rows), func(row Row) bool { return row.Mode != mode }))
}

func table(b *strings.Builder, rows []Row) {
	b.WriteString("| client | true success | failed | unknown | duplicates | lies | requests | p50 | p99 |\n" +
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, row := range rows {
		fmt.Fprintf(b, "| %s (%s) | %.2f %% | %d | %d | %s | %s | %.2f | %s | %s |\n",
			row.Client, row.Version, row.Rate(), row.Failed, row.Unknown, strong(row.Duplicates), strong(row.Lies),
			float64(row.Requests)/float64(max(row.Operations, 1)), round(row.P50), round(row.P99))
	}
}

// strong sets a number in bold that must be zero, and is not.
func strong(n int) string {
	if n == 0 {
		return "0"
	}
	return fmt.Sprintf("**%d**", n)
}

// round formats a duration in seconds, with its significant digits.
func round(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%.2f s", d.Seconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// lies writes on which responses the lies rest.
func (r Report) lies(b *strings.Builder) {
	b.WriteString(answers)
	for _, row := range r.Rows {
		if row.Mode != Remembers || row.Lies == 0 {
			continue
		}
		var refused, failed, other int
		for status, n := range row.LiesBy {
			switch {
			case status == http.StatusInternalServerError:
				failed += n
			case status > http.StatusInternalServerError:
				other += n
			default:
				refused += n
			}
		}
		fmt.Fprintf(b, "| %s | %d | %d | %d |\n", row.Client, refused, failed, other)
	}
}

// reasons writes how many outcomes of this SDK were unknown, and why.
func (r Report) reasons(b *strings.Builder) {
	row, ok := r.Find(peers.SDK.Name, Remembers)
	if !ok {
		return
	}
	fmt.Fprintf(b, "\nWhat %s did not know, and what could have settled it:\n\n"+
		"| why | had been issued | had not | waiting | asking again | reading, where the API shows it |\n"+
		"| --- | ---: | ---: | --- | --- | --- |\n", row.Client)
	for _, reason := range Reasons {
		if fate, met := row.Reasons[reason]; met {
			fmt.Fprintf(b, "| %s | %d | %d | %s |\n", reason, fate.Issued, fate.NotIssued, remedies[reason])
		}
	}
}
