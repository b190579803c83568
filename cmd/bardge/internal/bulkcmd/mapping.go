package bulkcmd

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bardge/bardge-go/bulk/csvfile"
	"github.com/bardge/bardge-go/journal"
)

// mapping is where the fields of a row come from.
type mapping struct {
	columns   map[string]string // fields to columns
	values    map[string]string // fields that are the same in each row
	required  []string          // columns that must not be empty
	refColumn string
	refPrefix string
}

// newMapping reads the flags, for a file with these columns.
func (c *command) newMapping(file *csvfile.File) (*mapping, error) {
	m := &mapping{
		columns: map[string]string{}, values: map[string]string{}, refColumn: c.refColumn, refPrefix: c.refPrefix,
	}
	for _, pair := range c.maps {
		if err := c.assign(m.columns, "--map", pair); err != nil {
			return nil, err
		}
	}
	for _, pair := range c.sets {
		if err := c.assign(m.values, "--set", pair); err != nil {
			return nil, err
		}
	}
	for _, f := range c.kind.fields {
		if value := *c.fixed(f.name); value != "" {
			if m.values[f.name] != "" {
				return nil, fmt.Errorf("--%s and --set give %s twice", f.flag, f.name)
			}
			m.values[f.name] = value
		}
		column, mapped := m.columns[f.name]
		switch {
		case mapped && m.values[f.name] != "":
			return nil, fmt.Errorf("%s is given twice, by --map and for each row", f.name)
		case !mapped && m.values[f.name] == "" && f.required:
			return nil, fmt.Errorf("%s is required: give --map %s=COLUMN or --set %s=VALUE", f.name, f.name, f.name)
		case mapped && !file.Has(column):
			return nil, unknownColumn(column, file.Header)
		case mapped && f.required:
			m.required = append(m.required, column)
		}
	}
	if c.refColumn == "" {
		return nil, errors.New("--ref-column is required: it makes sure that each row is executed once")
	}
	if !file.Has(c.refColumn) {
		return nil, unknownColumn(c.refColumn, file.Header)
	}
	m.required = append(m.required, c.refColumn)
	slices.Sort(m.required)
	m.required = slices.Compact(m.required)
	return m, nil
}

func unknownColumn(column string, header []string) error {
	return fmt.Errorf("the file has no column %q; it has: %s", column, strings.Join(header, ", "))
}

func (c *command) assign(to map[string]string, flag, pair string) error {
	name, value, ok := strings.Cut(pair, "=")
	known := slices.ContainsFunc(c.kind.fields, func(f field) bool { return f.name == name })
	switch {
	case !ok || name == "" || value == "":
		return fmt.Errorf("%s: want FIELD=..., not %q", flag, pair)
	case !known:
		return fmt.Errorf("%s: there is no field %q", flag, name)
	case to[name] != "":
		return fmt.Errorf("%s gives %s twice", flag, name)
	}
	to[name] = value
	return nil
}

// fields returns the fields of a row, without empty ones.
func (m *mapping) fields(row csvfile.Row) map[string]string {
	fields := maps.Clone(m.values)
	for name, column := range m.columns {
		if value := row.Get(column); value != "" {
			fields[name] = value
		}
	}
	return fields
}

func (m *mapping) ref(row csvfile.Row) string { return m.refPrefix + row.Get(m.refColumn) }

// checks are what a file is checked for before the first call.
func (m *mapping) checks() csvfile.Checks {
	return csvfile.Checks{
		Required: m.required, Unique: m.refColumn,
		Row: func(row csvfile.Row) *csvfile.Problem {
			ref := m.ref(row)
			switch {
			case len(ref) > journal.MaxRef:
				return m.badRef(row, fmt.Sprintf("the ref has more than %d bytes", journal.MaxRef))
			case !utf8.ValidString(ref) || strings.ContainsRune(ref, 0):
				return m.badRef(row, "the ref has a character that it must not have")
			case strings.TrimSpace(row.Get(m.refColumn)) != row.Get(m.refColumn): // easily lost or added
				return m.badRef(row, "the ref begins or ends with a space")
			default:
				return nil
			}
		},
	}
}

func (m *mapping) badRef(row csvfile.Row, text string) *csvfile.Problem {
	return &csvfile.Problem{Line: row.Line, Column: m.refColumn, Text: text}
}

// perSecond reads a rate such as 50/s; zero: none is given.
func perSecond(text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	number, unit, _ := strings.Cut(text, "/")
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || n <= 0 || math.IsInf(n, 0) || math.IsNaN(n) {
		return 0, fmt.Errorf("--rate: want a rate such as 50/s, not %q", text)
	}
	switch unit {
	case "s":
		return n, nil
	case "m", "min":
		return n / 60, nil
	default:
		return 0, fmt.Errorf("--rate: want a rate such as 50/s, not %q", text)
	}
}
