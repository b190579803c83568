package cli

import (
	"context"
	"errors"

	"github.com/bardge/bardge-go/idem"
)

// The exit codes.
const (
	ExitDone        = 0 // done
	ExitFailed      = 1 // rejected by the API, or failed without effect
	ExitCancelled   = 2 // cancelled by the user, without effect
	ExitUsage       = 3 // a wrong command line, nothing was sent
	ExitCredentials = 4 // credentials are missing or refused
	ExitUnknown     = 5 // the operation may have been executed
	ExitExpectation = 6 // "sandbox expect": the counts differ
	ExitPartly      = 7 // some of several operations are done
)

const exitHelp = `Exit codes:
  0  done
  1  rejected by the API, or failed without effect
  2  cancelled, without effect
  3  wrong usage; nothing was sent
  4  credentials are missing or refused
  5  unknown: the operation may have been executed; never repeat it blindly
  6  an expectation is not met
  7  partly done`

// exitError is an error with an exit code of its own.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// Exit returns err with an exit code.
func Exit(code int, err error) error { return &exitError{code, err} }

// Usage returns err as a fault of the command line.
func Usage(err error) error { return Exit(ExitUsage, err) }

// exitCode returns the exit code of an error. That an operation may have been
// executed goes before everything else.
func exitCode(err error) int {
	var own *exitError
	var invalid *idem.InvalidError
	failure, failed := errors.AsType[*idem.Failure](err)
	switch {
	case errors.As(err, &own):
		return own.code
	case failed && failure.Outcome == idem.OutcomeUnknown && failure.Class != idem.Safe:
		return ExitUnknown
	case failed && failure.Outcome == idem.OutcomeDone:
		return ExitDone
	case errors.Is(err, context.Canceled):
		return ExitCancelled
	case errors.As(err, &invalid):
		return ExitUsage
	default:
		return ExitFailed
	}
}
