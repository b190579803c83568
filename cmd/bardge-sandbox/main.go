// Command bardge-sandbox serves an emulated API on loopback, for programs in
// any language. Nothing in it is real, and nothing is stored.
//
//	bardge-sandbox [-vendor bluesnap] [-addr 127.0.0.1:8787]
//		[-fault IssuePass=lose-response]... [-faults 0.2 [-faults-seed 7]]
//		[-drift 'IssuePass: rename tx_ref reference']...
//
// It prints its base URL, the credentials, the ids of what exists, and a curl
// line. Tests observe and steer it below /_sandbox/, which openapi.json there
// describes. On an interrupt it prints what was executed. -h lists all flags,
// faults and bends.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/bardge/bardge-go/internal/sandboxserver"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bardge-sandbox:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, errs io.Writer) error {
	config := sandboxserver.Config{Out: out, Version: version()}
	config.Warn = func(text string) { _, _ = fmt.Fprintln(errs, "warning:", text) } // there is nowhere to report to
	flags := flag.NewFlagSet("bardge-sandbox", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.Usage = func() {
		_, _ = fmt.Fprintln(errs, "Usage of bardge-sandbox:")
		flags.PrintDefaults()
		_, _ = fmt.Fprint(errs, "\n", sandboxserver.FaultHelp(), "\n", sandboxserver.BendHelp())
	}
	config.Bind(flags)
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return sandboxserver.Run(ctx, config)
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return ""
}
