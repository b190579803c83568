package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"time"
)

const patience = 2 * time.Second // with active requests, at the end

func run(ctx context.Context, args []string, out, errs io.Writer) error {
	flags, err := parse(args, errs)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	}
	server, err := flags.emulate()
	if err != nil {
		return err
	}
	defer server.close()
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", flags.addr)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(out, server.describe("http://"+listener.Addr().String())); err != nil {
		return errors.Join(err, listener.Close())
	}
	if err := serve(ctx, listener, server.handler); err != nil {
		return err
	}
	_, err = io.WriteString(out, "\n"+server.ledger())
	return err
}

// serve answers until ctx ends, and lets active requests finish.
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
		_ = server.Close() // does not wait for a delayed response
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
