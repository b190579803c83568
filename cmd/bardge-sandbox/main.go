// Command bardge-sandbox serves an API, emulated, on loopback, for a program in any language to be tried against.
// Nothing in it is real, and nothing survives it.
//
//	bardge-sandbox [-vendor bluesnap] [-addr 127.0.0.1:8787]
//		[-fault IssuePass=lose-response]... [-faults 0.2 [-seed 7]]
//
// It prints its base URL, the credentials, the ids of what exists, and a curl line to begin with. On an interrupt it
// prints what was truly executed.
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
