package bulk

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// files are the report's files. The zero pointer writes none.
type files[T any] struct {
	dir     string
	row     func(T) []string
	columns int // of row
	sheets  map[Status]*sheet
}

// sheet is the CSV file of a status.
type sheet struct {
	file   *os.File
	buffer *bufio.Writer
	csv    *csv.Writer
}

// sheetNames are the files of each status.
var sheetNames = map[Status]string{
	Done: "done.csv", FromJournal: "done-before.csv", Failed: "failed.csv",
	Waiting: "waiting.csv", InDoubt: "in-doubt.csv",
}

// sheetHeader are the columns that each file has before Options.Header.
var sheetHeader = []string{"item", "ref", "status", "reason", "code", "http_status", "request_id", "error"}

// maxErrorText is how long an error's text may be in the report.
const maxErrorText = 500

func createFiles[T any](o *Options[T]) (*files[T], error) {
	if o.ReportDir == "" {
		return nil, nil //nolint:nilnil // nil writes none
	}
	if err := os.MkdirAll(o.ReportDir, 0o700); err != nil {
		return nil, err
	}
	f := &files[T]{dir: o.ReportDir, row: o.Row, columns: len(o.Header), sheets: map[Status]*sheet{}}
	for status, name := range sheetNames {
		path := filepath.Join(o.ReportDir, name)
		file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600) //nolint:gosec // the caller's folder
		if err != nil {
			return nil, errors.Join(err, f.closeSheets())
		}
		s := &sheet{file: file, buffer: bufio.NewWriterSize(file, 64<<10)}
		s.csv = csv.NewWriter(s.buffer)
		f.sheets[status] = s
		if err := s.csv.Write(escapeAll(slices.Concat(sheetHeader, o.Header))); err != nil {
			return nil, errors.Join(err, f.closeSheets())
		}
	}
	return f, nil
}

func (f *files[T]) add(r *Result[T]) error {
	if f == nil {
		return nil
	}
	cells := []string{
		strconv.FormatInt(r.Index, 10), r.Ref, string(r.Status), r.Reason, r.Code, "", r.RequestID, errorText(r.Err),
	}
	if r.HTTPStatus != 0 {
		cells[5] = strconv.Itoa(r.HTTPStatus)
	}
	if f.row == nil {
		return f.write(r.Status, cells)
	}
	own, returned := make([]string, f.columns), false
	defer func() {
		if !returned { // Options.Row has panicked: the item was counted, and is not left out
			_ = f.write(r.Status, append(cells, own...))
		}
	}()
	own = f.row(r.Item)
	returned = true
	return f.write(r.Status, append(cells, own...))
}

func (f *files[T]) write(s Status, cells []string) error {
	return f.sheets[s].csv.Write(escapeAll(cells))
}

// dropRow leaves the cells of Options.Row empty.
func (f *files[T]) dropRow() {
	if f != nil && f.row != nil {
		f.row = func(T) []string { return make([]string, f.columns) }
	}
}

// errorText returns an error's text, without control characters.
func errorText(err error) string {
	if err == nil {
		return ""
	}
	text := strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, err.Error())
	if len(text) > maxErrorText {
		text = strings.ToValidUTF8(text[:maxErrorText], "") + "..."
	}
	return text
}

// formulas are what a spreadsheet takes for the beginning of a formula, also
// full width, and what it may leave out before one.
const formulas = "=+-@＝＋－＠\t\r\n"

// separated matches a formula behind the delimiter of another locale.
var separated = regexp.MustCompile(`([;\t][\s"]*)([=+\-@＝＋－＠])`)

// escapeAll keeps spreadsheets from taking cells for formulas: what begins like
// one gets an apostrophe before it.
func escapeAll(cells []string) []string {
	for i, cell := range cells {
		if strings.ContainsAny(cell, ";\t") {
			cell = separated.ReplaceAllString(cell, "$1'$2")
		}
		if first, _ := utf8.DecodeRuneInString(cell); cell != "" && strings.ContainsRune(formulas, first) {
			cell = "'" + cell
		}
		cells[i] = cell
	}
	return cells
}

// close writes what is left, and the summary.
func (f *files[T]) close(report *Report) error {
	if f == nil {
		return nil
	}
	err := f.closeSheets()
	text, encoding := json.MarshalIndent(report, "", "  ")
	if encoding != nil {
		return errors.Join(err, encoding)
	}
	return errors.Join(err, os.WriteFile(filepath.Join(f.dir, "summary.json"), append(text, '\n'), 0o600))
}

func (f *files[T]) closeSheets() error {
	var failed error
	for _, s := range f.sheets {
		s.csv.Flush()
		failed = errors.Join(failed, s.csv.Error(), s.buffer.Flush(), s.file.Close())
	}
	return failed
}
