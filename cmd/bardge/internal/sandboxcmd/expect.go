package sandboxcmd

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/internal/sandboxserver"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

const expectHelp = `Starts an emulated API on a free port, runs a command, and checks how often
operations were executed: IssuePass=1 is exactly once, IssuePass=1..3 once to
three times, IssuePass=1.. at least once. Operations that are not named are not
checked. Replays of a response and rejections are no executions; lost responses
are.

The command finds the API in its environment: BARDGE_BASE_URL and
BARDGE_API_KEY, or with --vendor bluesnap BLUESNAP_BASE_URL, BLUESNAP_USERNAME,
BLUESNAP_PASSWORD and BLUESNAP_MERCHANT_ID; and the control API in
BARDGE_SANDBOX_URL, unless --no-control is given. Signals are forwarded to it.

If the command fails, its exit code is kept. If it succeeds and the counts
differ, the exit code is 6, and the ledger is printed, with the requests that
came close; with "-o json" it is in the error's object, as its field "ledger".
So it is if nothing is proven, because the ledger no longer has all lines that
count or a request is still pending 2 s after the command's end. A request that
begins after that end, such as of a process left behind, is not waited for.
unknown-route=0 expects no request to a path or method that the API does not
have.

`

func newExpect(app *cli.App) *cobra.Command {
	var config sandboxserver.Config
	cmd := &cobra.Command{
		Use:   "expect OPERATION=COUNT... -- COMMAND [ARGUMENT...]",
		Short: "Run a command against an emulated API, and check what was executed",
		Long:  expectHelp + sandboxserver.FaultHelp() + "\n" + sandboxserver.BendHelp(),
		Example: `  bardge sandbox expect IssuePass=1 PurchaseCredits=0 -- npm test
  bardge sandbox expect --fault IssuePass=lose-response IssuePass=1 -- ./checkout.sh
  bardge sandbox expect --vendor bluesnap CreateCardTransaction=1.. -- mvn verify`,
		Args: checkArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			at := cmd.ArgsLenAtDash()
			expected, err := readExpectations(args[:at])
			if err != nil {
				return cli.Usage(err)
			}
			config.Warn = warning(app)
			return expect(cmd.Context(), app, config, expected, args[at:])
		},
	}
	bind(cmd, &config, "ready-json")
	// Several may run at once.
	config.Addr = "127.0.0.1:0"
	cmd.Flags().Lookup("addr").DefValue = config.Addr
	return cmd
}

func checkArgs(cmd *cobra.Command, args []string) error {
	switch at := cmd.ArgsLenAtDash(); {
	case at < 0 || at == len(args):
		return errors.New("no command: give it after \"--\"")
	case at == 0:
		return errors.New("no expectation, such as IssuePass=1, before \"--\"")
	default:
		return nil
	}
}

// expect runs a command against a sandbox, and checks the sandbox's ledger.
func expect(
	ctx context.Context, app *cli.App, config sandboxserver.Config, expected []fakeserver.Expectation, command []string,
) error {
	server, err := sandboxserver.Start(ctx, config)
	if err != nil {
		return startError(err)
	}
	defer server.Close()
	if err := known(server.Control(), expected); err != nil {
		return cli.Usage(err)
	}
	failed := runAgainst(ctx, app, server, command)
	verdict, err := prove(server.Control(), expected)
	if err != nil {
		return cli.Usage(err)
	}
	if verdict.Met {
		return failed
	}
	if app.Output != cli.FormatJSON {
		report(app.Stderr, verdict, server.Control().Ledger().String())
	}
	if failed == nil {
		failed = cli.Exit(cli.ExitExpectation, unmet(verdict))
	}
	return cli.Detail(failed, finding{verdict, server.Control().Lines(fakeserver.Match{}, 0).Lines})
}

// finding is what a run has shown, for JSON output: when it is read, the sandbox
// is gone.
type finding struct {
	fakeserver.Verdict

	Ledger []fakeserver.Line `json:"ledger"`
}

// prove checks the whole run: unlike a request to the control API, it does not
// begin with the last reset.
func prove(control *fakeserver.Control, expected []fakeserver.Expectation) (fakeserver.Verdict, error) {
	verdict, err := control.Expect(expected...)
	for _, one := range expected {
		if n := control.Removed(one.Match); n > 0 && verdict.Dropped == 0 {
			verdict.Met, verdict.Dropped = false, n
			verdict.Reason = fmt.Sprintf("a reset removed %d lines in scope from the ledger, which proves nothing: "+
				"reset other parts only, such as state", n)
		}
	}
	return verdict, err
}

// unmet returns a verdict that is not met as an error.
func unmet(verdict fakeserver.Verdict) error {
	if verdict.Dropped > 0 {
		return errors.New(verdict.Reason)
	}
	n := 0
	for _, check := range verdict.Checks {
		if !check.Met {
			n++
		}
	}
	return fmt.Errorf("%d of %d expectations not met", n, len(verdict.Checks))
}

// runAgainst serves while a command runs, and returns the command's failure.
func runAgainst(ctx context.Context, app *cli.App, server *sandboxserver.Server, command []string) error {
	// The sandbox outlives the interrupt: the command ends first.
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(serving) }()
	failed := runCommand(app, environment(server.Ready()), command)
	stop()
	return errors.Join(failed, <-ended)
}

// report prints what differs, with the ledger.
func report(w io.Writer, verdict fakeserver.Verdict, ledger string) {
	for _, check := range verdict.Checks {
		if check.Met {
			continue
		}
		_, _ = fmt.Fprintf(w, "expected %s, found %d", check.Expected, check.Count)
		if check.Pending > 0 {
			_, _ = fmt.Fprintf(w, ", and %d pending", check.Pending)
		}
		_, _ = fmt.Fprintln(w)
		for _, miss := range check.NearMisses {
			_, _ = fmt.Fprintf(w, "  near: request %s", miss.Line.RequestID)
			for _, d := range miss.Differences {
				_, _ = fmt.Fprintf(w, ", %s is %v", d.Field, d.Actual)
			}
			_, _ = fmt.Fprintln(w)
		}
	}
	_, _ = fmt.Fprintf(w, "\n%s\n", ledger)
}
