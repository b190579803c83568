package csvfile

import (
	"errors"
	"io"
	"iter"
)

// Row is a line below the header.
type Row struct {
	Line  int      // its number in the file, from 1; the first one if it has several
	Cells []string // as many as the header has columns

	columns map[string]int
}

// Get returns the cell of a column; empty if there is no such column.
func (r Row) Get(column string) string {
	if i, has := r.columns[column]; has {
		return r.Cells[i]
	}
	return ""
}

// Rows yields the rows, from the first one each time. An error is the last: a
// *[Problem], or that the file cannot be read or has changed since [Open].
func (f *File) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for row, err := range f.all() {
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// all yields all rows, and goes on after lines with a wrong number of cells.
func (f *File) all() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		r, err := f.open()
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer r.close()
		if _, err := r.next(); err != nil { // the header
			yield(Row{}, err)
			return
		}
		for {
			got, err := r.next()
			if errors.Is(err, io.EOF) || !yield(Row{got.line, got.cells, f.columns}, err) {
				return
			}
		}
	}
}
