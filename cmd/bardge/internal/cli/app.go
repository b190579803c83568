// Package cli holds what all subcommands share: the root command with its
// flags, exit codes, and how data, words and errors are printed.
package cli

import (
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"
)

// App is one run of the command: its environment and the flags that every
// subcommand has. The flags are set when a subcommand's RunE is called.
type App struct {
	Env

	// Args are the words of the command line, without the program's name.
	Args []string
	// Output is how data is printed.
	Output Format
	// NoInput forbids questions.
	NoInput bool
	// Verbose logs to Stderr what a call does.
	Verbose bool
}

// NewApp returns an App with default flags.
func NewApp(env Env) *App { return &App{Env: env, Output: FormatTable} }

func (a *App) addFlags(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.VarP(&a.Output, "output", "o", "print data as `FORMAT`: table, json or yaml")
	flags.BoolVar(&a.NoInput, "no-input", false, "never ask a question")
	flags.BoolVar(&a.Verbose, "verbose", false, "log to standard error what the command does")
	formats := []cobra.Completion{string(FormatTable), string(FormatJSON), string(FormatYAML)}
	// It fails only for a flag that does not exist.
	_ = root.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
}

// Logger returns the logger of --verbose; nil without it.
func (a *App) Logger() *slog.Logger {
	if !a.Verbose {
		return nil
	}
	opts := &slog.HandlerOptions{Level: slog.LevelDebug}
	if a.Output == FormatJSON {
		return slog.New(slog.NewJSONHandler(a.Stderr, opts))
	}
	return slog.New(slog.NewTextHandler(a.Stderr, opts))
}

// color reports whether w, standard output or standard error, may be coloured.
func (a *App) color(isTerminal bool) bool {
	return isTerminal && a.Getenv("NO_COLOR") == "" && a.Getenv("TERM") != "dumb"
}

// Format is how data is printed: a flag's value.
type Format string

// The formats.
const (
	FormatTable Format = "table"
	FormatJSON  Format = "json"
	FormatYAML  Format = "yaml"
)

// String returns the format's name.
func (f *Format) String() string { return string(*f) }

// Set reads the flag.
func (f *Format) Set(text string) error {
	switch format := Format(text); format {
	case FormatTable, FormatJSON, FormatYAML:
		*f = format
		return nil
	default:
		return fmt.Errorf("%q is not table, json or yaml", text)
	}
}

// Type names the flag's values in help.
func (*Format) Type() string { return "format" }
