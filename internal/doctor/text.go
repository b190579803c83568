package doctor

import (
	"fmt"
	"strings"
	"time"
)

// Document returns the report for people. What is wrong comes first.
func (r *Report) Document() *Document {
	d := &Document{Title: "Check of " + r.BaseURL, Summary: r.summary()}
	d.Sections = []Section{
		{Title: "Connection", Rows: factRows(r.Connection)},
		{Title: "Write", Rows: r.Write.rows()},
		{Title: "Operations", Rows: r.operationRows()},
	}
	return d
}

func (r *Report) summary() []string {
	confirmed, notTried := 0, 0
	for i := range r.Operations {
		switch r.Operations[i].Verdict {
		case Confirmed:
			confirmed++
		case NotTried:
			notTried++
		}
	}
	counts := fmt.Sprintf("%d of %d operations are confirmed, %d were not tried.",
		confirmed, len(r.Operations), notTried)
	n := r.Differing()
	switch {
	case r.Problem != "" && r.Advice != "":
		return []string{r.Problem, r.Advice}
	case r.Problem != "":
		return []string{r.Problem}
	case n == 0:
		return []string{"Nothing differs. " + counts}
	default:
		return []string{counted(n, "difference") + ". " + counts}
	}
}

func factRows(all []Fact) []Row {
	rows := make([]Row, 0, len(all))
	for _, f := range all {
		rows = append(rows, factRow(f))
	}
	return rows
}

func factRow(f Fact) Row {
	row := Row{Verdict: string(f.Verdict), Subject: f.Subject, Seen: f.Seen}
	if f.Advice != "" {
		row.Below = []string{f.Advice}
	}
	if f.YAML != "" {
		row.Code = []string{f.YAML}
	}
	return row
}

// operationRows lists an operation in one row, and what differs below it. Those
// that were not tried share a row for each reason.
func (r *Report) operationRows() []Row {
	var rows []Row
	untried := map[string][]string{} // operations, by reason
	var reasons []string
	for i := range r.Operations {
		op := &r.Operations[i]
		if op.Calls > 0 || len(op.Fields) > 0 {
			rows = append(rows, op.rows()...)
			continue
		}
		if untried[op.Seen] == nil {
			reasons = append(reasons, op.Seen)
		}
		untried[op.Seen] = append(untried[op.Seen], op.Operation)
	}
	for _, reason := range reasons {
		rows = append(rows, Row{
			Verdict: string(NotTried), Subject: counted(len(untried[reason]), "operation"),
			Seen: reason + ": " + strings.Join(untried[reason], ", "),
		})
	}
	return rows
}

// counted returns a number with its noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (c *Operation) rows() []Row {
	row := Row{Verdict: string(c.Verdict), Subject: c.Operation, Seen: c.line()}
	if c.Advice != "" {
		row.Below = append(row.Below, c.Advice)
	}
	var confirmed, untried []string
	var differ []Row
	for _, f := range c.Fields {
		switch f.Verdict {
		case Confirmed:
			confirmed = append(confirmed, f.Subject)
		case NotTried:
			untried = append(untried, f.Subject)
		default:
			differ = append(differ, factRow(f))
		}
	}
	if len(confirmed) > 0 {
		row.Below = append(row.Below, "confirmed: "+byType(confirmed))
	}
	if len(untried) > 0 {
		row.Below = append(row.Below, "did not come: "+byType(untried))
	}
	return append([]Row{row}, differ...)
}

// byType lists fields, such as "Pass.id", behind their type's name.
func byType(fields []string) string {
	var text strings.Builder
	last := ""
	for _, field := range fields {
		of, name, _ := strings.Cut(field, ".")
		switch {
		case of == last:
			text.WriteString(", " + name)
		case last == "":
			text.WriteString(of + " (" + name)
		default:
			text.WriteString("), " + of + " (" + name)
		}
		last = of
	}
	return text.String() + ")"
}

func (c *Operation) line() string {
	line := c.Method + " " + c.Path
	switch l := c.Latency; {
	case l.Max == 0:
	case l.Min == l.Max:
		line += fmt.Sprintf(": %s, %v", counted(c.Calls, "call"), short(l.Median))
	default:
		line += fmt.Sprintf(": %s, %v (%v to %v)",
			counted(c.Calls, "call"), short(l.Median), short(l.Min), short(l.Max))
	}
	if c.Seen != "" {
		line += ": " + c.Seen
	}
	return line
}

// short returns a time in at most three digits or so.
func short(d time.Duration) time.Duration {
	switch {
	case d < time.Millisecond:
		return d.Round(time.Microsecond)
	case d < time.Second:
		return d.Round(100 * time.Microsecond)
	default:
		return d.Round(time.Millisecond)
	}
}
