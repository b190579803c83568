package csvfile

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/bardge/bardge-go/bulk/internal/seen"
)

// Checks are what [File.Validate] checks beside the file's form.
type Checks struct {
	Required []string           // columns whose cells must not be empty
	Unique   string             // the column whose cells must differ; empty: none
	Row      func(Row) *Problem // finds what else is wrong with a row; nil: nothing
}

// Validation is what [File.Validate] has found.
type Validation struct {
	Rows     int64      // how many rows there are
	Errors   int64      // how many problems are not warnings
	Problems []*Problem // the first 100
}

const maxProblems = 100

// shortened matches a long number as a spreadsheet has written it.
var shortened = regexp.MustCompile(`^\d([.,]\d+)?E\+\d+$`)

// Validate reads the whole file. The error is nil unless the file cannot be
// read: what is wrong in it is in the result. A line after which nothing can be
// read is the last problem.
func (f *File) Validate(c Checks) (Validation, error) {
	var v Validation
	var unique seen.Set
	for row, err := range f.all() {
		if problem, ok := errors.AsType[*Problem](err); ok {
			v.add(problem)
			if !problem.countsCells {
				break
			}
			continue
		}
		if err != nil {
			return v, errors.Join(err, unique.Close())
		}
		v.Rows++
		if err := v.check(f, row, c, &unique); err != nil {
			return v, errors.Join(err, unique.Close())
		}
	}
	return v, unique.Close()
}

func (v *Validation) add(p *Problem) {
	if !p.Warning {
		v.Errors++
	}
	if len(v.Problems) < maxProblems {
		v.Problems = append(v.Problems, p)
	}
}

func (v *Validation) check(f *File, row Row, c Checks, unique *seen.Set) error {
	for _, column := range c.Required {
		if row.Get(column) == "" {
			v.add(&Problem{Line: row.Line, Column: column, Text: "it is empty"})
		}
	}
	for i, cell := range row.Cells {
		if strings.IndexByte(cell, 0) >= 0 {
			text := "it has a NUL character: the file is damaged, or no text"
			v.add(&Problem{Line: row.Line, Column: f.Header[i], Text: text})
		}
		if len(cell) < 32 && shortened.MatchString(cell) {
			v.add(&Problem{
				Line: row.Line, Column: f.Header[i], Warning: true,
				Text: "it looks like a long number that a spreadsheet has shortened",
			})
		}
	}
	if c.Row != nil {
		if p := c.Row(row); p != nil {
			v.add(p)
		}
	}
	value := row.Get(c.Unique)
	if c.Unique == "" || value == "" {
		return nil
	}
	first, err := unique.Add(value, int64(row.Line))
	if first != 0 {
		v.add(&Problem{Line: row.Line, Column: c.Unique, Text: fmt.Sprintf("line %d has the same", first)})
	}
	return err
}
