package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"
)

// Limits of a report. A client's own stays far below them.
const (
	maxReportBytes = 16 << 20
	maxNameBytes   = 200
)

// report is what a client gathered: bardge.DriftReport as JSON.
type report struct {
	Version    int         `json:"version"`
	BaseURL    string      `json:"base_url"`
	Since      time.Time   `json:"since"`
	Until      time.Time   `json:"until"`
	Operations []operation `json:"operations"`
}

type operation struct {
	Operation string         `json:"operation"`
	Path      string         `json:"path,omitempty"` // of bardge.WithPath; empty: the contract's
	Calls     int            `json:"calls"`
	Confirmed int            `json:"confirmed"`
	Replayed  int            `json:"replayed"`
	Statuses  map[string]int `json:"statuses"`
	Fields    []field        `json:"fields"`
	Drift     []drift        `json:"drift"`
}

type field struct {
	Field string `json:"field"`
	Seen  int    `json:"seen"`
	Fits  int    `json:"fits"`
}

type drift struct {
	Kind  string    `json:"kind"`
	Path  string    `json:"path"`
	Field string    `json:"field"`
	Want  string    `json:"want"`
	Got   string    `json:"got"`
	Count int       `json:"count"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

// readReport reads the report in a file.
func readReport(name string) (report, error) {
	file, err := os.Open(name) //nolint:gosec // the user names it
	if err != nil {
		return report{}, err
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxReportBytes+1))
	if err != nil {
		return report{}, err
	}
	r, err := parseReport(text)
	if err != nil {
		return report{}, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

func parseReport(text []byte) (report, error) {
	if len(text) > maxReportBytes {
		return report{}, fmt.Errorf("longer than %d MiB", maxReportBytes>>20)
	}
	var head struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return report{}, fmt.Errorf("not a drift report: %w", err)
	}
	if head.Version != 1 {
		return report{}, fmt.Errorf("not a drift report of version 1: its version is %d", head.Version)
	}
	var r report
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		return report{}, fmt.Errorf("not a drift report: %w", err)
	}
	return r, r.check()
}

func (r report) check() error {
	switch {
	case r.BaseURL == "":
		return errors.New("it has no base_url")
	case r.Until.IsZero() || r.Since.After(r.Until):
		return errors.New("since and until are not a span of time")
	}
	known := map[string]bool{}
	for _, op := range r.Operations {
		if known[op.Operation] {
			return fmt.Errorf("the operation %q occurs twice", op.Operation)
		}
		known[op.Operation] = true
		if err := op.check(); err != nil {
			return fmt.Errorf("operation %q: %w", op.Operation, err)
		}
	}
	return nil
}

var aStatus = regexp.MustCompile(`^[1-9]\d{2}$`)

var aName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

func (op operation) check() error {
	if !named(op.Operation) {
		return errors.New("not a name")
	}
	if op.Calls < 0 || op.Confirmed < 0 || op.Replayed < 0 || op.Confirmed > op.Calls || op.Replayed > op.Calls {
		return errors.New("its counts do not agree")
	}
	if len(op.Path) > maxNameBytes || strings.ContainsFunc(op.Path, unprintable) {
		return errors.New("its path is too long or cannot be printed")
	}
	for status, count := range op.Statuses {
		if !aStatus.MatchString(status) || count < 0 {
			return fmt.Errorf("the status %q is none, or its count is negative", status)
		}
	}
	known := map[string]bool{}
	for _, f := range op.Fields {
		if !named(f.Field) || known[f.Field] {
			return fmt.Errorf("the field %q is not a name, or occurs twice", f.Field)
		}
		known[f.Field] = true
		if f.Fits < 0 || f.Fits > f.Seen {
			return fmt.Errorf("the counts of the field %s do not agree", f.Field)
		}
	}
	for _, d := range op.Drift {
		if err := d.check(); err != nil {
			return err
		}
	}
	return nil
}

func named(name string) bool { return len(name) <= maxNameBytes && aName.MatchString(name) }

func (d drift) check() error {
	if d.Count < 1 {
		return fmt.Errorf("the count of a drift of kind %q is not positive", d.Kind)
	}
	for _, text := range []string{d.Kind, d.Path, d.Field, d.Want, d.Got} {
		if len(text) > maxNameBytes || strings.ContainsFunc(text, unprintable) {
			return errors.New("a drift has a text that is too long or cannot be printed")
		}
	}
	return nil
}

func unprintable(r rune) bool { return r < ' ' || r > '~' }
