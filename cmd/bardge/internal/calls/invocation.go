package calls

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/cmd/bardge/internal/connect"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/jsontree"
)

// invocation is one command with its flags.
type invocation[C, O, R any] struct {
	app    *cli.App
	flags  *flags
	api    api[C, O, R]
	row    row[C, O, R]
	cmd    *cobra.Command
	params []*paramFlag

	readStdin bool
}

func (i *invocation[C, O, R]) run(ctx context.Context, args []string) error {
	in, err := i.input(ctx, args)
	if err != nil {
		return err
	}
	opts, err := i.options(in)
	if err != nil {
		return err
	}
	j, err := i.openJournal(ctx)
	if err != nil {
		return err
	}
	if j != nil {
		defer i.closeJournal(j)
	}
	client, err := i.api.open(i.flags, j)
	if err != nil {
		return err
	}
	defer i.close(ctx, client)
	value, resp, err := i.row.call(ctx, client, in, opts)
	went := i.api.course(resp)
	i.narrate(went, err)
	if err != nil {
		advised := cli.Advise(err, i.advice(err, went))
		return errors.Join(advised, i.printRaw(err, went), i.printState(ctx, client, in, err, went))
	}
	return i.print(value, went)
}

// printRaw prints a response that lacks an essential field as it came: a token,
// for one, comes only once.
func (i *invocation[C, O, R]) printRaw(err error, went course) error {
	if !errors.Is(err, idem.ErrResponseIncomplete) {
		return nil
	}
	if tree, invalid := jsontree.Parse(went.raw); invalid == nil {
		return i.print(tree, went)
	}
	return nil
}

// printState prints what an operation is about whose purpose was fulfilled
// before, such as a booking that was cancelled already, if it can be read.
func (i *invocation[C, O, R]) printState(ctx context.Context, client C, in *input, err error, went course) error {
	f, ok := errors.AsType[*idem.Failure](err)
	if !ok || f.Class != idem.Idempotent || f.Outcome != idem.OutcomeDone || errors.Is(err, idem.ErrResponseLost) {
		return nil
	}
	value, failed := i.api.state(ctx, client, in)
	if failed != nil {
		return nil //nolint:nilerr // it is shown if it can be read; the operation is done
	}
	return i.print(value, went)
}

// options returns the call's options.
func (i *invocation[C, O, R]) options(in *input) ([]O, error) {
	var opts []O
	key, err := i.flags.idempotencyKey()
	if err != nil {
		return nil, err
	}
	if !key.IsZero() {
		opts = append(opts, i.api.key(key))
	}
	if i.flags.ref != "" {
		opts = append(opts, i.api.ref(i.flags.ref))
	}
	if i.cmd.Flags().Changed("timeout") {
		opts = append(opts, i.api.time(i.flags.timeout))
	}
	if i.cmd.Flags().Changed("max-attempts") {
		opts = append(opts, i.api.tries(i.flags.maxAttempts))
	}
	if i.api.token != nil {
		token, err := i.flags.connect.OptionalSecret(i.flags.tokenFile, "BARDGE_LOOKUP_TOKEN")
		if err != nil {
			return nil, err
		}
		if token != "" {
			opts = append(opts, i.api.token(token))
		}
	}
	for _, field := range in.extra {
		opts = append(opts, i.api.extra(field.Name, field.Value))
	}
	return opts, nil
}

// openJournal opens the journal for a call that changes something. Without one
// it returns nil.
func (i *invocation[C, O, R]) openJournal(ctx context.Context) (connect.Journal, error) {
	switch {
	case i.row.class != safe && i.flags.connect.HasJournal():
		return i.flags.connect.OpenJournal(ctx)
	case i.flags.ref != "":
		return nil, cli.Usage(errors.New("--ref needs a journal: give --journal or set BARDGE_JOURNAL"))
	}
	return nil, nil //nolint:nilnil // none is needed
}

func (i *invocation[C, O, R]) closeJournal(j connect.Journal) {
	if err := j.Close(); err != nil {
		i.app.Note("Warning: closing the journal: %v", err)
	}
}

// close ends the client's work in the journal, also after an interrupt.
func (i *invocation[C, O, R]) close(ctx context.Context, client C) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := i.api.shut(client, ctx); err != nil {
		i.app.Note("Warning: closing the client: %v", err)
	}
}

// print prints the data. If that fails, the operation is done all the same.
func (i *invocation[C, O, R]) print(value any, went course) error {
	err := i.app.Print(shown(value), i.row.times...)
	if err != nil && i.row.class != safe {
		err = cli.Exit(cli.ExitPartly, fmt.Errorf("the operation is done, and its result was not printed: %w", err))
		return cli.Advise(err, i.adviceUnprinted(went))
	}
	if p, ok := value.(page); ok && p.more && err == nil {
		i.app.Note("There are more: read all with --all, or the next ones with --starting-after and the last id.")
	}
	return err
}
