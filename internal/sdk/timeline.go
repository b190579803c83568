package sdk

import (
	"fmt"
	"strings"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// Timeline returns a call's attempts, results and waits as aligned lines.
func Timeline(r *idem.Result) string {
	var b strings.Builder
	for i, a := range r.Attempts {
		next := ""
		switch {
		case a.Wait > 0:
			next = ", again after " + round(a.Wait).String()
		case i < len(r.Attempts)-1:
			next = ", again at once"
		}
		fmt.Fprintf(&b, "%2d  %-12s  %-36s  %s%s\n", a.Number, status(a), a.Reason, a.Verdict, next)
	}
	switch {
	case r.FromJournal:
		b.WriteString("    nothing sent: the journal has the result\n")
	case r.Recovered:
		b.WriteString("    the lost response was read back\n")
	}
	fmt.Fprintf(&b, "=>  %s", r.Outcome)
	return b.String()
}

func status(a idem.Attempt) string {
	switch {
	case a.Status == 0:
		return "no answer"
	case a.Replayed:
		return fmt.Sprint(a.Status, " replayed")
	default:
		return fmt.Sprint(a.Status)
	}
}

// round rounds to milliseconds below a second, else to tenths.
func round(d time.Duration) time.Duration {
	if d < time.Second {
		return d.Round(time.Millisecond)
	}
	return d.Round(100 * time.Millisecond)
}
