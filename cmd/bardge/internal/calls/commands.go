// Package calls holds the subcommands that call the APIs, one for each method
// of the SDK's services. The tables of methods are generated; one generic
// command runs them all.
package calls

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/connect"
)

//go:generate go run -C ../../../../tools ./commands ../cmd/bardge/internal/calls

// OperationsAnnotation is the annotation of a command that calls an API: the
// names of the operations that it may be.
const OperationsAnnotation = "operations"

// Commands returns the subcommands for the services of both vendors.
func Commands(app *cli.App) []*cobra.Command {
	own := &flags{connect: connect.New(app)}
	groups := vendorCommands(app, own, bardgeAPI, bardgeServices, bardgeMethods)
	for _, group := range groups {
		group.GroupID = cli.GroupCalls
		own.connect.AddAPI(group.PersistentFlags(), "API key")
		own.connect.AddPaths(group.PersistentFlags())
		own.addShared(group.PersistentFlags(), true)
	}
	return append(groups, newRaw(app, own), newBlueSnap(app))
}

// newBlueSnap returns "bardge bluesnap".
func newBlueSnap(app *cli.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "bluesnap",
		Short:   "Call BlueSnap's Payment API",
		Long:    bluesnapHelp,
		GroupID: cli.GroupCalls,
	}
	own := &flags{connect: connect.New(app)}
	own.connect.AddAPI(cmd.PersistentFlags(), "password")
	own.connect.AddBlueSnap(cmd.PersistentFlags())
	own.addShared(cmd.PersistentFlags(), false)
	cmd.AddCommand(vendorCommands(app, own, bluesnapAPI, bluesnapServices, bluesnapMethods)...)
	return cmd
}

const bluesnapHelp = `Call BlueSnap's Payment API, as the API user of BLUESNAP_USERNAME and
BLUESNAP_PASSWORD. BLUESNAP_BASE_URL is the URL; BlueSnap's own sandbox is at
https://sandbox.bluesnap.com.`

// service is a group of commands.
type service struct{ name, short, long string }

// vendorCommands returns a command for each service, with one for each method
// below it.
func vendorCommands[C, O, R any](
	app *cli.App, own *flags, vendor api[C, O, R], services []service, rows []row[C, O, R],
) []*cobra.Command {
	groups := make([]*cobra.Command, 0, len(services))
	for _, s := range services {
		group := &cobra.Command{Use: s.name, Short: s.short, Long: s.long}
		for _, r := range rows {
			if r.group == s.name {
				group.AddCommand(newCommand(app, own, vendor, r))
			}
		}
		groups = append(groups, group)
	}
	return groups
}

// newCommand returns the command of a row.
func newCommand[C, O, R any](app *cli.App, own *flags, vendor api[C, O, R], r row[C, O, R]) *cobra.Command {
	cmd := &cobra.Command{
		Use:   strings.Join(append([]string{r.name}, r.args...), " "),
		Short: r.short,
		Long:  r.help(),
		Args:  cli.ExactArgs(r.args...),

		Annotations: map[string]string{OperationsAnnotation: strings.Join(r.operations, " ")},
	}
	cmd.Flags().SortFlags = false
	call := &invocation[C, O, R]{app: app, flags: own, api: vendor, row: r, cmd: cmd}
	call.params = addParams(cmd, r.params)
	own.addOwn(cmd, r.command)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return inFlags(call.run(cmd.Context(), args)) }
	return cmd
}

// help returns the long text.
func (c command) help() string {
	text := c.long
	switch c.body {
	case jsonBody:
		text += "\n\nThe body is made of the flags. If none is given, it is read from standard input,\n" +
			"as JSON, in which no field may be empty; beside flags, only with \"--body -\"."
		if len(c.nested) > 0 {
			text += "\nThese fields have no flag:\n" + wrap(strings.Join(c.nested, ", ")+".")
		}
	case documentBody:
		text += "\n\nThe XML document is read from standard input, and sent as it is."
	}
	return text
}

// helpWidth is where help is wrapped.
const helpWidth = 80

func wrap(text string) string {
	var b strings.Builder
	at := 0
	for word := range strings.FieldsSeq(text) {
		if at > 0 && at+1+len(word) > helpWidth {
			b.WriteByte('\n')
			at = 0
		} else if at > 0 {
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += len(word)
	}
	return b.String()
}
