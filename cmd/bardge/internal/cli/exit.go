package cli

import (
	"context"
	"errors"
	"net/http"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bluesnap"
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
	ExitPartly      = 7 // some of several operations, or one without its result
	ExitStopped     = 8 // "bulk": stopped before its end; the same command resumes it

	// ExitInterrupted is for a run that the user has interrupted, and that the
	// same command resumes: what a shell reports after SIGINT.
	ExitInterrupted = 130
	// ExitClosedPipe is for data whose reader has gone, as "head" does: what a
	// shell reports of other programs, which SIGPIPE ends.
	ExitClosedPipe = 141
)

const exitHelp = `Exit codes:
  0  done
  1  rejected by the API, or failed without effect
  2  cancelled, without effect
  3  wrong usage; nothing was sent
  4  credentials are missing or refused; nothing was executed
  5  unknown: the operation may have been executed; never repeat it blindly
  6  an expectation is not met
  7  partly done: some of several operations, or one whose result is lost
  8  stopped before its end; the same command goes on
130  interrupted by the user; the same command goes on
141  the reader of what was read has closed the pipe`

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

// exitCode returns the exit code of an error. That an operation was or may have
// been executed goes before everything else.
func exitCode(err error) int {
	if own, ok := errors.AsType[*exitError](err); ok {
		return own.code
	}
	failure, ok := errors.AsType[*idem.Failure](err)
	if ok && failure.Class != idem.Safe {
		switch {
		case failure.Outcome == idem.OutcomeUnknown:
			return ExitUnknown
		case errors.Is(err, idem.ErrResponseLost):
			return ExitPartly
		case failure.Outcome == idem.OutcomeDone: // as it was before the call
			return ExitDone
		}
	}
	_, invalid := errors.AsType[*idem.InvalidError](err)
	switch {
	case errors.Is(err, context.Canceled):
		return ExitCancelled
	case invalid:
		return ExitUsage
	case CredentialsRefused(err):
		return ExitCredentials
	default:
		return ExitFailed
	}
}

// IsUsage reports whether err is a fault of the command line.
func IsUsage(err error) bool {
	own, ok := errors.AsType[*exitError](err)
	return ok && own.code == ExitUsage
}

// CredentialsRefused reports whether the API has refused the credentials.
func CredentialsRefused(err error) bool {
	if e, ok := errors.AsType[*bardge.Error](err); ok {
		return e.Response.StatusCode == http.StatusUnauthorized || errors.Is(err, bardge.ErrAccountDisabled)
	}
	e, ok := errors.AsType[*bluesnap.Error](err)
	return ok && e.Response.StatusCode == http.StatusUnauthorized
}
