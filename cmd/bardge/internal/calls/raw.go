package calls

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/internal/jsontree"
)

// rawFlags are the flags that "bardge raw" alone has.
type rawFlags struct {
	name, class string
	query       []string
	success     []int
	essential   []string
}

// rawClass is a class of raw operations, by its name in the command line.
type rawClass struct {
	name  string
	sdk   bardge.RetryClass
	class class
}

var rawClasses = []rawClass{
	{"non-idempotent", bardge.NonIdempotent, unverified},
	{"safe", bardge.Safe, safe},
	{"keyed", bardge.Keyed, keyed},
	{"idempotent", bardge.Idempotent, idempotent},
	{"key-unverified", bardge.KeyUnverified, unverified},
}

const rawHelp = `Send a request that has no command of its own, or differs from one. It is
retried, recorded and reported as the others are. What the API does with it is
for the caller to know:

  safe            it changes nothing
  keyed           it is executed once per idempotency key
  idempotent      repeating it has no further effect, and it takes no key
  key-unverified  it sends a key that the API may not honour
  non-idempotent  it takes no key; this is the default

Requests of the classes keyed and idempotent are sent again if the response was
lost: a wrong class executes twice.

A success counts if it has the --essential fields, or a type tag, or, with the
API's request id, an id or the form of a list. Any other one ends as unknown,
since a gateway may have written it.

PATH is below the base URL, and escaped as in a URL. With a journal, the same
command with its --ref resumes what is open.`

// newRaw returns "bardge raw".
func newRaw(app *cli.App, own *flags) *cobra.Command {
	f := new(rawFlags)
	cmd := &cobra.Command{
		Use:     "raw METHOD PATH",
		Short:   "Send a request that has no command of its own",
		Long:    rawHelp,
		Example: "  bardge raw POST /issued_passes/pass_17/pause --name PausePass --class keyed --body pause.json",
		Args:    cli.ExactArgs("METHOD", "PATH"),
		GroupID: cli.GroupCalls,
	}
	cmd.Flags().SortFlags = false
	f.add(cmd.Flags())
	cmd.Flags().StringVar(&own.body, "body", "", "read the body, a JSON value, from `FILE`, or - for standard input")
	own.addOwn(cmd, command{class: keyed})
	own.connect.AddAPI(cmd.PersistentFlags(), "API key")
	own.addShared(cmd.PersistentFlags(), true)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		call, err := f.invocation(app, own, cmd)
		if err != nil {
			return err
		}
		return inFlags(call.run(cmd.Context(), args))
	}
	return cmd
}

func (f *rawFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.name, "name", "", "call the operation `NAME` in errors and the journal (required)")
	flags.StringVar(&f.class, "class", rawClasses[0].name, "how it may be repeated: one of the `CLASS`es above")
	flags.StringArrayVar(&f.query, "query", nil, "add the parameter `NAME=VALUE` to the query; may be repeated")
	flags.StringSliceVar(&f.essential, "essential", nil, "the `FIELDS` without which a success is incomplete")
	flags.IntSliceVar(&f.success, "success", nil, "the `STATUSES` that mean executed (default 200,201)")
}

func (f *rawFlags) invocation(
	app *cli.App, own *flags, cmd *cobra.Command,
) (*invocation[*bardge.Client, bardge.CallOption, *bardge.Response], error) {
	at := slices.IndexFunc(rawClasses, func(c rawClass) bool { return c.name == f.class })
	switch {
	case f.name == "":
		return nil, cli.Usage(errors.New("missing --name"))
	case at < 0:
		return nil, cli.Usage(errors.New("--class is not one of the classes that \"bardge raw --help\" lists"))
	}
	query, err := f.values()
	if err != nil {
		return nil, err
	}
	is := command{class: rawClasses[at].class, body: rawBody}
	if own.body == "" {
		is.body = noBody
	}
	api := bardgeAPI
	api.state = func(context.Context, *bardge.Client, *input) (any, error) {
		return nil, errors.New("nothing is known that shows a raw operation")
	}
	call := &invocation[*bardge.Client, bardge.CallOption, *bardge.Response]{app: app, flags: own, api: api, cmd: cmd}
	call.row.command = is
	call.row.call = func(
		ctx context.Context, client *bardge.Client, in *input, opts []bardge.CallOption,
	) (any, *bardge.Response, error) {
		raw := bardge.RawCall{
			Name: f.name, Method: in.args[0], Path: in.args[1], Query: query,
			Class: rawClasses[at].sdk, Success: f.success, Essential: f.essential,
		}
		if is.body == rawBody {
			raw.Body = in.document
		}
		value, resp, err := client.Do(ctx, raw, opts...)
		if tree, invalid := jsontree.Parse(value); err == nil && invalid == nil {
			return tree, resp, nil
		}
		if err != nil && resp.Outcome != bardge.OutcomeDone && resp.StatusCode/100 == 2 && f.essential == nil {
			app.Note("If the response is the API's, name a field of it with --essential, which shows that to bardge.")
		}
		return value, resp, err
	}
	return call, nil
}

// values returns the query's parameters.
func (f *rawFlags) values() (url.Values, error) {
	var all url.Values
	for _, one := range f.query {
		name, value, ok := strings.Cut(one, "=")
		if !ok {
			return nil, cli.Usage(fmt.Errorf("--query wants NAME=VALUE"))
		}
		if all == nil {
			all = url.Values{}
		}
		all.Add(name, value)
	}
	return all, nil
}
