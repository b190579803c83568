// Package conformcmd holds "bardge conform": it tries whether a server keeps the
// promise of idempotency keys.
package conformcmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/connect"
	"github.com/bardge/bardge-go/idem/conformance"
)

const longHelp = `Tries whether a server keeps the promise of idempotency keys: an operation is
executed once for a key, and its repetition brings the first response. Each
check prints what was sent and seen, and what it means for a client.

The server at URL executes some dozens of requests. Use a test server or a
sandbox; for a host that is not this machine's, --allow-writes is needed.

The body is a JSON document in which {{n}} is replaced by a number that no other
request has, such as {"order": "test-{{n}}", "amount": 1}. What was executed is
read from the ids in responses (--id), and from a counter (--counter-url or
--sandbox), which shows more. A check that lacks something is not tried.

Exit codes: 0 nothing is broken, 6 something is, 4 the credentials are refused.
A finding "differs" breaks nothing: the profile describes another server.`

// New returns "bardge conform".
func New(app *cli.App) *cobra.Command {
	c := command{app: app, connect: connect.New(app)}
	cmd := &cobra.Command{
		Use:   "conform URL",
		Short: "Try whether a server honours idempotency keys",
		Long:  longHelp,
		Example: "  bardge conform http://127.0.0.1:8080/orders --profile ietf-draft-07 --body order.json --id id\n" +
			"  bardge conform https://test.example.com/orders --profile stripe --body order.json --id data.id \\\n" +
			"    --authorization-file own.txt --second-authorization-file other.txt --within 1m --allow-writes",
		GroupID: cli.GroupDesk,
		Args:    cli.ExactArgs("URL"),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), args[0]) },
	}
	c.addFlags(cmd)
	return cmd
}

type command struct {
	app     *cli.App
	connect *connect.Flags

	profile           string
	method            string
	bodyFile          string
	refusedFile       string
	otherPath         string
	failingHeader     string
	headers           []string
	authHeader        string
	authorizationFile string
	secondFile        string
	id                string
	counterURL        string
	counter           string
	sandbox           string
	within            time.Duration
	allowWrites       bool
}

func (c *command) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&c.profile, "profile", "", "the server's rules are the ones of `NAME`: "+profileNames())
	flags.StringVar(&c.method, "method", http.MethodPost, "send requests with this `METHOD`")
	flags.StringVar(&c.bodyFile, "body", "", "read the body of requests that are executed from `FILE`, or - for "+
		"standard input")
	flags.StringVar(&c.refusedFile, "refused-body", "", "read the body of requests that are refused from `FILE`")
	flags.StringVar(&c.otherPath, "other-path", "", "`PATH` at which a used key is tried")
	flags.StringVar(&c.failingHeader, "failing-header", "", "`NAME=VALUE` with which the server executes a request "+
		"and answers with a 5xx")
	flags.StringArrayVar(&c.headers, "header", nil, "send the header `NAME=VALUE`; repeatable")
	flags.StringVar(&c.authHeader, "authorization-header", "Authorization", "`NAME` of the header with the credentials")
	flags.StringVar(&c.authorizationFile, "authorization-file", "", "read the value of that header from `FILE` "+
		"(default $BARDGE_CONFORM_AUTHORIZATION)")
	flags.StringVar(&c.secondFile, "second-authorization-file", "", "read the one of another account from `FILE` "+
		"(default $BARDGE_CONFORM_SECOND_AUTHORIZATION)")
	flags.StringVar(&c.id, "id", "", "`PATH` of the id in a response's JSON, such as id or data.0.id, or header:NAME")
	flags.StringVar(&c.counterURL, "counter-url", "", "read how many requests were executed from this `URL`")
	flags.StringVar(&c.counter, "counter", "", "`PATH` of the number in that URL's JSON, if it is not the whole")
	flags.StringVar(&c.sandbox, "sandbox", "", "the server is the sandbox at this `URL`: use its counter, clock and "+
		"faults")
	flags.DurationVar(&c.within, "within", 10*time.Second, "wait at most `DURATION` for keys to be forgotten")
	flags.BoolVar(&c.allowWrites, "allow-writes", false, "send requests to a host that is not this machine")
	for _, name := range []string{"profile", "body"} {
		_ = cmd.MarkFlagRequired(name) // it fails only for a flag that does not exist
	}
	names := cobra.FixedCompletions(completions(), cobra.ShellCompDirectiveNoFileComp)
	_ = cmd.RegisterFlagCompletionFunc("profile", names) // likewise
}

func (c *command) run(ctx context.Context, url string) error {
	target, err := c.target(ctx, url)
	if err != nil {
		return err
	}
	if target.Executed != nil {
		if _, err := target.Executed(ctx); err != nil {
			return fmt.Errorf("the counter of executions: %w; nothing was sent", err)
		}
	}
	report, failed := conformance.Run(ctx, target)
	if len(report) > 0 {
		if err := c.app.Print(result{c.profile, report}); err != nil {
			return err
		}
	}
	if failed != nil {
		return runError(failed)
	}
	if n := len(report.With(conformance.Broken)); n > 0 {
		return cli.Exit(cli.ExitExpectation, fmt.Errorf("%d of %d checks found something broken", n, len(report)))
	}
	return nil
}

// runError returns why a run ended early, with its exit code.
func runError(err error) error {
	first, ok := errors.AsType[*conformance.NotExecutedError](err)
	network, isNetwork := errors.AsType[*net.OpError](err)
	unsent := isNetwork && network.Op == "dial"
	switch {
	case !ok: // interrupted, or a counter that cannot be read
		return cli.Exit(cli.ExitPartly, fmt.Errorf("ended early, after requests were executed: %w", err))
	case first.Status == http.StatusUnauthorized, first.Status == http.StatusForbidden:
		return cli.Exit(cli.ExitCredentials, err)
	case first.Status == 0 && !unsent:
		return cli.Exit(cli.ExitUnknown, err)
	default:
		return err
	}
}
