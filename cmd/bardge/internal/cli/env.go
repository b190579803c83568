package cli

import (
	"io"
	"os"

	"golang.org/x/term"
)

// Env is what a command has of its process, as values, so that tests can run
// it in their own.
type Env struct {
	// Stdin is read by commands that take a body or ask a question.
	Stdin io.Reader
	// Stdout gets data and nothing else.
	Stdout io.Writer
	// Stderr gets words: errors, notes, questions, logs.
	Stderr io.Writer
	// Getenv returns an environment variable, empty where it is not set.
	Getenv func(string) string
	// StdinIsTerminal, StdoutIsTerminal and StderrIsTerminal report whether a
	// person is at the other end.
	StdinIsTerminal, StdoutIsTerminal, StderrIsTerminal bool
}

// OS returns the process's own.
func OS() Env {
	return Env{
		Stdin:            os.Stdin,
		Stdout:           os.Stdout,
		Stderr:           os.Stderr,
		Getenv:           os.Getenv,
		StdinIsTerminal:  isTerminal(os.Stdin),
		StdoutIsTerminal: isTerminal(os.Stdout),
		StderrIsTerminal: isTerminal(os.Stderr),
	}
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
