package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/sandbox"
)

const patience = 2 * time.Second // with requests in work, on the way out

// run serves until ctx ends.
func run(ctx context.Context, args []string, out, errs io.Writer) error {
	flags, err := parse(args, errs)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	}
	sb, err := sandbox.New(flags.options()...)
	if err != nil {
		return err
	}
	defer sb.Close()
	for _, f := range flags.faults {
		sb.Next(f.operation, f.fault)
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", flags.addr)
	if err != nil {
		return err
	}
	base := "http://" + listener.Addr().String() + sandbox.BasePath
	if _, err := io.WriteString(out, describe(sb, base)); err != nil {
		return errors.Join(err, listener.Close())
	}
	if err := serve(ctx, listener, sb.Handler()); err != nil {
		return err
	}
	_, err = fmt.Fprint(out, "\n", sb.Ledger())
	return err
}

// serve answers until ctx ends, and lets requests in work end too.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	patient, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := server.Shutdown(patient); err != nil {
		_ = server.Close() // a delayed answer is not worth waiting for
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
