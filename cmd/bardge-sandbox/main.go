// Command bardge-sandbox serves an emulated API on loopback, for programs in
// any language. Nothing in it is real, and nothing is stored.
//
//	bardge-sandbox [-vendor bluesnap] [-addr 127.0.0.1:8787]
//		[-fault IssuePass=lose-response]... [-faults 0.2 [-seed 7]]
//
// It prints its base URL, the credentials, the ids of what exists, and a curl
// line. On an interrupt it prints what was executed.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
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
