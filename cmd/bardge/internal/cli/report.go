package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/jsontree"
)

// Advice is what to do after an error.
type Advice struct {
	// Next is a sentence, without a command line.
	Next string
	// Command is the command line to run next; empty if there is none.
	Command string
}

// advisedError is an error with advice.
type advisedError struct {
	advice Advice
	err    error
}

func (e *advisedError) Error() string { return e.err.Error() }
func (e *advisedError) Unwrap() error { return e.err }

// Advise returns err with advice, which is printed below it.
func Advise(err error, advice Advice) error { return &advisedError{advice, err} }

// detailedError is an error with what was found.
type detailedError struct {
	details any
	err     error
}

func (e *detailedError) Error() string { return e.err.Error() }
func (e *detailedError) Unwrap() error { return e.err }

// Detail returns err with details, an object whose fields follow the ones of the
// error with JSON output.
func Detail(err error, details any) error { return &detailedError{details, err} }

// report is an error as it is printed. It has identifiers and fixed words, and
// the key where the user needs it: no body, header or secret.
type report struct {
	Error      string     `json:"error"`
	ExitCode   int        `json:"exit_code"`
	Operation  string     `json:"operation,omitempty"`
	Outcome    string     `json:"outcome,omitempty"`
	Code       string     `json:"code,omitempty"`
	Status     int        `json:"status,omitempty"`
	RequestID  string     `json:"request_id,omitempty"`
	Ref        string     `json:"ref,omitempty"`
	Key        string     `json:"key,omitempty"` // of an operation that may have been executed
	SafeUntil  *time.Time `json:"safe_until,omitempty"`
	RetryAfter float64    `json:"retry_after,omitempty"` // in seconds
	Next       string     `json:"next,omitempty"`
	Command    string     `json:"command,omitempty"`
}

func newReport(err error) report {
	r := report{Error: err.Error(), ExitCode: exitCode(err)}
	if f, ok := errors.AsType[*idem.Failure](err); ok {
		r.Operation, r.Outcome, r.Ref = f.Operation, f.Outcome.String(), f.Ref
		if f.Class == idem.Safe && (f.Outcome == idem.OutcomeUnknown || f.Outcome == idem.OutcomeDone) {
			r.Error, r.Outcome = failedRead(r.Error, f)
		}
		r.RetryAfter = f.RetryAfter.Seconds()
		if f.Outcome == idem.OutcomeUnknown && f.Class != idem.Safe {
			r.Key = f.Key.String()
			if !f.SafeUntil.IsZero() {
				until := f.SafeUntil.UTC().Truncate(time.Second)
				r.SafeUntil = &until
			}
		}
	}
	if e, ok := errors.AsType[*bardge.Error](err); ok {
		r.Code, r.Status, r.RequestID = Printable(e.Code), e.Response.StatusCode, Printable(e.Response.RequestID)
	}
	if e, ok := errors.AsType[*bluesnap.Error](err); ok {
		r.Status = e.Response.StatusCode
		if len(e.Messages) > 0 {
			r.Code = Printable(strings.TrimSpace(e.Messages[0].Code + " " + e.Messages[0].Name))
		}
	}
	if advised, ok := errors.AsType[*advisedError](err); ok {
		r.Next, r.Command = advised.advice.Next, advised.advice.Command
	}
	return r
}

// failedRead returns the text and the outcome of a read without its response: it
// changes nothing, so that it leaves nothing in doubt.
func failedRead(text string, f *idem.Failure) (failed, outcome string) {
	known := f.Operation + ": "
	return strings.Replace(text, known+f.Outcome.String(), known+"failed", 1), "failed"
}

// with returns the report with an error's details.
func (r report) with(err error) any {
	detailed, ok := errors.AsType[*detailedError](err)
	if !ok {
		return r
	}
	all := jsontree.Value{Kind: jsontree.Object}
	for _, object := range []any{r, detailed.details} {
		text, err := encode(object)
		if err != nil {
			continue // it holds texts, numbers and times alone
		}
		tree, _ := jsontree.Parse(text) // it was just written
		all.Fields = append(all.Fields, tree.Fields...)
	}
	return all
}

// report prints err to standard error, and returns its exit code. What was done
// before is worth a note, and is no error.
func (a *App) report(err error) int {
	r := newReport(err)
	switch r.ExitCode {
	case ExitDone:
		a.Note("%s", r.Error)
		return ExitDone
	case ExitClosedPipe: // its reader has what it wants
		return ExitClosedPipe
	}
	if a.Output == FormatJSON {
		a.printLine(r.with(err))
		return r.ExitCode
	}
	a.say(r.Error)
	if r.Next != "" {
		a.say(r.Next)
	}
	if r.Command != "" {
		a.say("  " + r.Command)
	}
	return r.ExitCode
}

// Note prints a sentence to standard error. With JSON output it is an object, so
// that each line there is one.
//
//nolint:goprintffuncname // a note, with or without values
func (a *App) Note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if a.Output == FormatJSON {
		a.printLine(map[string]string{"note": text})
		return
	}
	a.say(text)
}

// NoteData prints text to standard error, with JSON output an object of data
// instead.
func (a *App) NoteData(text string, object any) {
	if a.Output == FormatJSON {
		a.printLine(object)
		return
	}
	a.say(text)
}

// say prints lines. Some are of words that others have chosen, such as a ref.
func (a *App) say(text string) {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = Printable(line)
	}
	_, _ = fmt.Fprintln(a.Stderr, strings.Join(lines, "\n")) // there is nowhere to report to
}

func (a *App) printLine(object any) {
	text, _ := encode(object)   // texts and numbers
	_, _ = a.Stderr.Write(text) // likewise
}
