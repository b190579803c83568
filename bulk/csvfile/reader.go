package csvfile

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/text/encoding"
)

// Problem is what is wrong with a file.
type Problem struct { //nolint:errname // most are not returned as errors
	Line   int    // from 1
	Column string // the column's name; empty: the whole line
	Text   string // what is wrong; it holds no cell's text
	// Warning: the line can be used, but may not be what was meant.
	Warning bool

	countsCells bool // lines after it can be read
}

// Error returns line, column and text.
func (p *Problem) Error() string {
	if p.Column == "" {
		return fmt.Sprintf("line %d: %s", p.Line, p.Text)
	}
	return fmt.Sprintf("line %d, column %q: %s", p.Line, p.Column, p.Text)
}

// errTooLong is a record beyond Options.MaxRecord.
var errTooLong = errors.New("the record is too long: is a quote not closed?")

// record is a record as it was read.
type record struct {
	line  int
	cells []string
}

// reader reads records. It bounds what one of them may take.
type reader struct {
	csv    *csv.Reader
	source *bounded

	file     *os.File
	size     int64
	modified time.Time
	skipped  int // lines before those that csv reads
	max      int
	last     int // line at which the last record ended
}

// bounded is a reader that fails after some bytes, which are granted for each
// record.
type bounded struct {
	from io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.from.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// readAhead is how much package csv reads beyond a record.
const readAhead = 4096

func newReader(from io.Reader, delimiter rune, maxRecord int) *reader {
	r := &reader{source: &bounded{from: from}, max: maxRecord}
	r.csv = csv.NewReader(r.source)
	r.csv.Comma = delimiter
	return r
}

// next returns the next record that is not empty. The error is io.EOF, a
// *Problem, or the file's. After a problem of one line, next goes on.
func (r *reader) next() (record, error) {
	for {
		r.source.left = r.max + readAhead
		cells, err := r.csv.Read()
		line := r.last + 1
		if len(cells) > 0 {
			line, _ = r.csv.FieldPos(0)
			line += r.skipped
		}
		if err != nil && !errors.Is(err, csv.ErrFieldCount) {
			return record{}, r.explained(err, line)
		}
		all := strings.Join(cells, "")
		r.last = line + strings.Count(all, "\n")
		if all == "" {
			continue
		}
		if err != nil {
			text := fmt.Sprintf("it has %d cells, the header %d", len(cells), r.csv.FieldsPerRecord)
			return record{}, &Problem{Line: line, Text: text, countsCells: true}
		}
		return record{line, cells}, nil
	}
}

// explained returns a reader's error as a *Problem with its line, which is at
// least this one.
func (r *reader) explained(err error, line int) error {
	if errors.Is(err, io.EOF) {
		return err
	}
	wrong, ok := errors.AsType[*csv.ParseError](err)
	switch {
	case !ok:
		return atLine(line, err)
	case errors.Is(err, csv.ErrQuote) && wrong.Line > wrong.StartLine:
		return &Problem{Line: wrong.StartLine + r.skipped, Text: "a quote is not closed"}
	case errors.Is(err, csv.ErrQuote):
		text := "a quote is not closed, or a cell has more behind its quote"
		return &Problem{Line: wrong.Line + r.skipped, Text: text}
	case errors.Is(err, csv.ErrBareQuote):
		return &Problem{Line: wrong.Line + r.skipped, Text: "a quote inside a cell that does not begin with one"}
	default:
		return &Problem{Line: wrong.StartLine + r.skipped, Text: wrong.Err.Error()}
	}
}

func atLine(line int, err error) error {
	switch {
	case errors.Is(err, encoding.ErrInvalidUTF8):
		return &Problem{Line: line, Text: "here or further down the text is not UTF-8: save the file as CSV UTF-8"}
	case errors.Is(err, errTooLong):
		return &Problem{Line: line, Text: errTooLong.Error()}
	default:
		return err
	}
}

// close closes the file, which was only read.
func (r *reader) close() { _ = r.file.Close() }
