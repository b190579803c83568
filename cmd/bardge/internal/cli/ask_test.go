package cli_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
)

// asking runs a command that asks a question, and returns its exit code and what
// standard error has.
func asking(ctx context.Context, env cli.Env, args ...string) (code int, stderr string) {
	var errs bytes.Buffer
	env.Stdout, env.Stderr, env.Getenv = io.Discard, &errs, func(string) string { return "" }
	app := cli.NewApp(env)
	root := cli.NewRoot(app)
	root.AddCommand(&cobra.Command{
		Use:  "ask",
		RunE: func(cmd *cobra.Command, _ []string) error { return app.Confirm(cmd.Context(), "Sure?", "yes") },
	})
	code = cli.Run(ctx, app, root, append([]string{"ask"}, args...))
	return code, errs.String()
}

func TestQuestions(t *testing.T) {
	for _, row := range []struct {
		name, answer string
		isPipe       bool
		args         []string
		code         int
		message      string
	}{
		{name: "yes", answer: "Yes\n", code: cli.ExitDone, message: "Sure? [y/N]"},
		{name: "no", answer: "n\n", code: cli.ExitCancelled},
		{name: "nothing", answer: "\n", code: cli.ExitCancelled},
		{name: "the input ends", code: cli.ExitCancelled},
		{name: "no terminal", answer: "y\n", isPipe: true, code: cli.ExitUsage, message: "--yes"},
		{name: "questions are forbidden", answer: "y\n", args: []string{"--no-input"}, code: cli.ExitUsage, message: "--yes"},
	} {
		t.Run(row.name, func(t *testing.T) {
			env := cli.Env{Stdin: strings.NewReader(row.answer), StdinIsTerminal: !row.isPipe}
			code, stderr := asking(t.Context(), env, row.args...)
			assert.Equal(t, row.code, code)
			assert.Contains(t, stderr, row.message)
		})
	}
}

func TestAnInterruptEndsAQuestion(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	silent, _ := io.Pipe() // a person who does not answer
	code, _ := asking(ctx, cli.Env{Stdin: silent, StdinIsTerminal: true})
	assert.Equal(t, cli.ExitCancelled, code)
}

func TestAnErrorsOwnExitCode(t *testing.T) {
	env := cli.Env{Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }}
	for _, row := range []struct {
		name string
		err  error
		code int
	}{
		{name: "none", code: cli.ExitDone},
		{name: "any other", err: errors.New("broken"), code: cli.ExitFailed},
		{name: "usage", err: cli.Usage(errors.New("which?")), code: cli.ExitUsage},
		{name: "expectation", err: cli.Exit(cli.ExitExpectation, errors.New("2, not 1")), code: cli.ExitExpectation},
		{name: "with advice", err: cli.Advise(cli.Exit(cli.ExitPartly, errors.New("3 of 4")), cli.Advice{}), code: cli.ExitPartly},
		{name: "joined", err: errors.Join(errors.New("a"), cli.Usage(errors.New("b"))), code: cli.ExitUsage},
		{name: "interrupted", err: context.Canceled, code: cli.ExitCancelled},
	} {
		t.Run(row.name, func(t *testing.T) {
			app := cli.NewApp(env)
			root := cli.NewRoot(app)
			root.AddCommand(&cobra.Command{Use: "fail", RunE: func(*cobra.Command, []string) error { return row.err }})
			assert.Equal(t, row.code, cli.Run(t.Context(), app, root, []string{"fail"}))
		})
	}
}
