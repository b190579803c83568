// Package doctorcmd holds "bardge doctor": it tries what an API key and the
// network can do, and holds what comes against the contract.
package doctorcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/connect"
)

const longHelp = `Tries Bardge's API with your key: sends the reads, and prints for each operation
and field whether it is confirmed, differs from the contract, or was not tried.
It measures latency and clocks, and shows whether TLS, proxies, caches or
another version of HTTP are in the way. Below a difference is the line of YAML
that would make the contract true.

Nothing is changed, unless --allow-writes IssuePass is given: then one pass is
issued, for which the vendor may charge, and the same request is sent again
under the same key, to see that it is not executed again. The client and the
pass package are --client-id and --pass-id.

Reads that need an id are tried with the ones that are given, and with those
that lists show of pass packages, gyms, classes and bookings.

Exit codes: 0 nothing differs, 1 something does, or nothing can be reached,
4 the key is refused, 5 the pass may have been issued.`

// New returns "bardge doctor".
func New(app *cli.App) *cobra.Command {
	c := command{app: app, connect: connect.New(app)}
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check what an API key and the network can do",
		Long:  longHelp,
		Example: "  bardge doctor\n" +
			"  bardge doctor --client-id client_ada --markdown --report drift.json > doctor.md\n" +
			"  bardge doctor --allow-writes IssuePass --client-id client_ada --pass-id pass_trial",
		GroupID: cli.GroupDesk,
		Args:    cli.ExactArgs(),
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context()) },
	}
	c.addFlags(cmd)
	return cmd
}

type command struct {
	app     *cli.App
	connect *connect.Flags

	options  bardge.CheckOptions
	person   bardge.IssuePassParams // without ids
	markdown bool
	report   string
}

func (c *command) addFlags(cmd *cobra.Command) {
	flags, o := cmd.Flags(), &c.options
	c.connect.AddAPI(flags, "API key")
	c.connect.AddPaths(flags)
	flags.StringVar(&o.ClientID, "client-id", "", "read the profile, credits and bookings of the client with this `ID`")
	flags.StringVar(&o.PassID, "pass-id", "", "read the providers of the pass package with this `ID`")
	flags.StringVar(&o.ProviderID, "provider-id", "", "read the co-pay options of the gym with this `ID`")
	flags.StringVar(&o.ClassID, "class-id", "", "read the class with this `ID`")
	flags.StringVar(&o.BookingID, "booking-id", "", "read the booking with this `ID`")
	flags.StringVar(&o.IssuedPassID, "issued-pass-id", "", "read the issued pass with this `ID`")
	flags.IntVar(&o.Samples, "samples", 3, "send each read `N` times, at most 20")
	flags.DurationVar(&o.CallTimeout, "call-timeout", 10*time.Second, "wait at most `DURATION` for each read")
	flags.DurationVar(&o.Timeout, "timeout", time.Minute, "send reads for at most `DURATION`")
	flags.StringArrayVar(&o.AllowWrites, "allow-writes", nil, "execute this `OPERATION`: IssuePass")
	flags.StringVar(&c.person.FirstName, "first-name", "", "`NAME` of the client whose pass is issued")
	flags.StringVar(&c.person.LastName, "last-name", "", "last `NAME` of the client whose pass is issued")
	flags.StringVar(&c.person.Email, "email", "", "`ADDRESS` of the client whose pass is issued")
	flags.StringVar(&c.person.Phone, "phone", "", "`NUMBER` of the client whose pass is issued")
	flags.BoolVar(&c.markdown, "markdown", false, "print the report as Markdown")
	flags.StringVar(&c.report, "report", "", "write what the responses have shown of the contract to `FILE`, "+
		"as JSON (.json) or Markdown (.md)")
	completions := cobra.FixedCompletions([]cobra.Completion{"IssuePass"}, cobra.ShellCompDirectiveNoFileComp)
	_ = cmd.RegisterFlagCompletionFunc("allow-writes", completions) // it fails only for a flag that does not exist
}

func (c *command) run(ctx context.Context) error {
	if c.markdown && c.app.Output != cli.FormatTable {
		return cli.Usage(errors.New("give either --markdown or --output"))
	}
	if ext := filepath.Ext(c.report); c.report != "" && ext != ".json" && ext != ".md" {
		return cli.Usage(errors.New("--report names neither a .json nor a .md file"))
	}
	if err := c.addWrite(); err != nil {
		return err
	}
	client, err := c.connect.Bardge(nil)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	c.announceWrite()
	report, failed := bardge.Check(ctx, client, c.options)
	if report == nil {
		return failed
	}
	printed := c.print(report)
	if failed != nil {
		return errors.Join(failed, printed)
	}
	if n := report.Differs(); n > 0 && printed == nil {
		return cli.Exit(cli.ExitFailed, errors.New(findings(n)))
	}
	return printed
}

func findings(n int) string {
	if n == 1 {
		return "1 finding: it differs from the contract, or is in the way"
	}
	return fmt.Sprintf("%d findings: they differ from the contract, or are in the way", n)
}

// addWrite completes the options with the pass to be issued.
func (c *command) addWrite() error {
	o := &c.options
	if len(o.AllowWrites) == 0 {
		if c.person != (bardge.IssuePassParams{}) {
			const reason = "names, addresses and numbers are of a pass that is issued: give --allow-writes IssuePass"
			return cli.Usage(errors.New(reason))
		}
		return nil
	}
	if o.ClientID == "" || o.PassID == "" {
		return cli.Usage(errors.New("--allow-writes needs --client-id and --pass-id"))
	}
	o.IssuePass = c.person
	o.IssuePass.ClientID, o.IssuePass.PassID = o.ClientID, o.PassID
	return nil
}

// announceWrite shows the key of a pass before it is sent: a program that is
// killed prints no report.
func (c *command) announceWrite() {
	o := &c.options
	if len(o.AllowWrites) == 0 {
		return
	}
	o.Key = bardge.NewKey()
	c.app.Note("IssuePass is sent under the key %s", o.Key)
}

// print prints the report, and writes the file of its drift.
func (c *command) print(report *bardge.CheckReport) error {
	var written error
	if c.report != "" {
		written = report.Drift.WriteFile(c.report)
	}
	return errors.Join(c.app.Print(result{report, c.markdown}), written)
}

// result is what a check prints.
type result struct {
	*bardge.CheckReport

	markdown bool
}

// WritePlain writes the report as text, or as Markdown.
func (r result) WritePlain(w io.Writer) error {
	text := r.Text()
	if r.markdown {
		text = r.Markdown()
	}
	_, err := io.WriteString(w, text)
	return err
}
