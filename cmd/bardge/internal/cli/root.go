package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// The groups of subcommands in the help.
const (
	GroupCalls = "calls" // calls to the APIs
	GroupDesk  = "desk"  // journals and sandboxes
)

const longHelp = `bardge calls the APIs of Bardge and BlueSnap, and executes each operation once.

Data is printed to standard output, everything else to standard error. With
"-o json" each line on standard error is a JSON object.`

// NewRoot returns the command without its subcommands.
func NewRoot(app *App) *cobra.Command {
	root := &cobra.Command{
		Use:           "bardge",
		Short:         "Call the Bardge and BlueSnap APIs, each operation once",
		Long:          longHelp + "\n\n" + exitHelp,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddGroup(
		&cobra.Group{ID: GroupCalls, Title: "Calls:"},
		&cobra.Group{ID: GroupDesk, Title: "Operations:"},
	)
	root.SetIn(app.Stdin)
	root.SetOut(app.Stdout)
	root.SetErr(app.Stderr)
	root.DisableAutoGenTag = true // the same manual pages on each day
	app.addFlags(root)
	root.AddCommand(newVersion(app), newMan())
	return root
}

// Run runs one command line, prints its error, and returns the exit code. What
// goes wrong before a subcommand runs is wrong usage.
func Run(ctx context.Context, app *App, root *cobra.Command, args []string) int {
	var running bool
	addDefaults(root)
	prepare(root, &running)
	app.Args = args
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	switch {
	case err == nil:
		return ExitDone
	case !running:
		if wantsJSON(args) { // flags behind the wrong one were not read
			app.Output = FormatJSON
		}
		err = Usage(fmt.Errorf("%w (see \"%s --help\")", inWords(err), cmd.CommandPath()))
	}
	return app.report(err)
}

// addDefaults adds cobra's own commands, which it would add too late to be
// prepared, and lets "help" refuse what there is no help about.
func addDefaults(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "help" {
			cmd.Args = func(_ *cobra.Command, args []string) error {
				found, rest, err := root.Find(args)
				if err != nil {
					return err
				}
				return knownSubcommand(found, rest)
			}
		}
	}
}

// wantsJSON reports whether the flags request JSON.
func wantsJSON(args []string) bool {
	line := " " + strings.ReplaceAll(strings.Join(args, " "), "=", " ") + " "
	return strings.Contains(line, " -o json ") || strings.Contains(line, " --output json ") ||
		strings.Contains(line, " -ojson ")
}

// prepare sets *running when one of the subcommands runs, and lets those that
// only hold others refuse what they do not know: cobra would print their help
// and report success.
func prepare(cmd *cobra.Command, running *bool) {
	for _, sub := range cmd.Commands() {
		prepare(sub, running)
	}
	if !cmd.Runnable() {
		cmd.Args, cmd.RunE = knownSubcommand, func(*cobra.Command, []string) error { return cmd.Help() }
	}
	if run := cmd.RunE; run != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			*running = true
			if err := checkGiven(cmd.Flags()); err != nil {
				return err
			}
			return run(cmd, args)
		}
	}
}

func knownSubcommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	text := fmt.Sprintf("unknown command %q for %q", args[0], cmd.CommandPath())
	if cmd.SuggestionsMinimumDistance <= 0 {
		cmd.SuggestionsMinimumDistance = 2
	}
	if similar := cmd.SuggestionsFor(args[0]); len(similar) > 0 {
		text += fmt.Sprintf(", did you mean %q?", similar[0])
	}
	return errors.New(text)
}
