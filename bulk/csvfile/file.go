package csvfile

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Options describe a file. The zero value finds out what it can.
type Options struct {
	// Delimiter is between cells. Zero: the one of comma, semicolon and tab that
	// the header has most of.
	Delimiter rune
	// Windows1252 reads a file without a byte order mark as Windows-1252, as
	// old spreadsheets write it. Otherwise such a file is refused.
	Windows1252 bool
	// MaxRecord is how many bytes a record may have in UTF-8. Zero is 1 MiB.
	MaxRecord int
}

// File is a CSV file with a header.
type File struct {
	// Header are the columns' names, without spaces around them. No two are the
	// same.
	Header []string

	path      string
	options   Options
	delimiter rune
	columns   map[string]int
	size      int64
	modified  time.Time
}

// errChanged: the file is not the one that was validated.
var errChanged = errors.New("the file has changed since it was opened")

// errNoFile: a pipe or a folder, for instance.
var errNoFile = errors.New("it is no regular file: save it as one first")

const defaultMaxRecord = 1 << 20

// peeked is how much of a file is looked at to find out what it is.
const peeked = 64 << 10

// Open reads the header of the file at path. It fails with a *[Problem] if the
// file is no CSV file with a header.
func Open(path string, o Options) (*File, error) {
	o.MaxRecord = cmp.Or(o.MaxRecord, defaultMaxRecord)
	f := &File{path: path, options: o}
	r, err := f.open()
	if err != nil {
		return nil, err
	}
	defer r.close()
	f.size, f.modified, f.delimiter = r.size, r.modified, r.csv.Comma
	record, err := r.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, &Problem{Line: 1, Text: "the file is empty"}
	case err != nil:
		return nil, err
	}
	f.Header = record.cells
	if err := f.checkHeader(record.line); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *File) checkHeader(line int) error {
	f.columns = map[string]int{}
	for i, name := range f.Header {
		name = strings.TrimSpace(name)
		f.Header[i] = name
		_, twice := f.columns[name]
		switch {
		case strings.ContainsAny(name, "\r\x00"):
			return &Problem{Line: line, Text: "lines end as on old Macs, or the file is no text: save it as CSV UTF-8"}
		case name == "":
			return &Problem{Line: line, Text: fmt.Sprintf("column %d has no name", i+1)}
		case twice:
			return &Problem{Line: line, Column: name, Text: "two columns have this name"}
		}
		f.columns[name] = i
	}
	return nil
}

// Has reports whether there is a column with this name.
func (f *File) Has(column string) bool {
	_, has := f.columns[column]
	return has
}

// open opens the file from its start, behind the mark and a line such as "sep=;".
func (f *File) open() (*reader, error) {
	file, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	r, err := f.newReader(file)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return r, nil
}

func (f *File) newReader(file *os.File) (*reader, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // it is read twice
		return nil, errNoFile
	}
	if f.Header != nil && (info.Size() != f.size || !info.ModTime().Equal(f.modified)) {
		return nil, errChanged
	}
	text := bufio.NewReaderSize(f.decoded(file), peeked)
	start, err := text.Peek(peeked)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, atLine(1, err)
	}
	if bytes.IndexByte(start, 0) >= 0 {
		return nil, &Problem{Line: 1, Text: "the file is no text, or UTF-16 without a byte order mark"}
	}
	if bytes.IndexByte(start, '\n') < 0 && bytes.IndexByte(start, '\r') >= 0 {
		return nil, &Problem{Line: 1, Text: "lines end as on old Macs: save the file as CSV UTF-8"}
	}
	header, _, _ := strings.Cut(string(start), "\n")
	delimiter, skipped := separatorLine(header)
	if skipped {
		if _, err := text.Discard(len(header) + 1); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		rest, _ := text.Peek(peeked)
		header = string(rest)
	}
	delimiter = cmp.Or(f.options.Delimiter, delimiter, sniffed(header))
	if !slices.Contains([]rune{',', ';', '\t', '|'}, delimiter) {
		return nil, &Problem{Line: 1, Text: "the delimiter is not comma, semicolon, tab or |"}
	}
	r := newReader(text, delimiter, f.options.MaxRecord)
	r.file, r.size, r.modified = file, info.Size(), info.ModTime()
	if skipped {
		r.skipped = 1
	}
	return r, nil
}

// decoded returns the file's text as UTF-8 without a mark.
func (f *File) decoded(file io.Reader) io.Reader {
	without := encoding.UTF8Validator
	if f.options.Windows1252 {
		without = charmap.Windows1252.NewDecoder()
	}
	// What has no mark is decoded by without; what has one is valid afterwards.
	return transform.NewReader(file, transform.Chain(unicode.BOMOverride(without), encoding.UTF8Validator))
}

// separatorLine reads a line such as "sep=;".
func separatorLine(line string) (delimiter rune, is bool) {
	rest, is := strings.CutPrefix(strings.TrimRight(line, "\r"), "sep=")
	runes := []rune(rest)
	if !is || len(runes) != 1 {
		return 0, false
	}
	return runes[0], true
}

// sniffed returns the delimiter that the first record has most of outside of
// quotes.
func sniffed(text string) rune {
	counts := map[rune]int{}
	quoted := false
	for _, c := range text {
		if c == '"' {
			quoted = !quoted
		}
		if c == '\n' && !quoted {
			break
		}
		if !quoted {
			counts[c]++
		}
	}
	best := ','
	for _, c := range []rune{';', '\t'} {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}
