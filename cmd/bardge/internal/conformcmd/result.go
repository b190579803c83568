package conformcmd

import (
	"fmt"
	"io"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/idem/conformance"
)

// result is what a run prints.
type result struct {
	Profile string               `json:"profile"`
	Results []conformance.Result `json:"results"`
}

// WritePlain writes a line for each finding, and below it what it means.
func (r result) WritePlain(w io.Writer) error {
	const line = "%-11s%-26s%s\n"
	for _, f := range r.Results {
		if _, err := fmt.Fprintf(w, line, f.Verdict, f.Check, cli.Printable(f.Seen)); err != nil {
			return err
		}
		if f.Means == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, line, "", "", f.Means); err != nil {
			return err
		}
	}
	return nil
}
