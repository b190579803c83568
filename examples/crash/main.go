// Command crash kills a process in the middle of a purchase, starts it again,
// and shows that the purchase happened once.
//
// The parent runs the embedded server on a loopback port. The child buys
// credits under a ref, with a journal on disk; it is killed after the server
// has executed the purchase and before the response arrives. Its successor
// finds the ref in the journal and sends it again: the server replays.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/bardge/bardge-go/sandbox"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "buy" {
		exit(buy(os.Stdout))
	}
	exit(run(os.Stdout))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(out io.Writer) error {
	server, err := sandbox.New()
	if err != nil {
		return err
	}
	defer server.Close()
	front := httptest.NewServer(server.Handler())
	defer front.Close()
	defer front.CloseClientConnections()

	dir, err := os.MkdirTemp("", "bardge-crash-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	env := append(os.Environ(),
		"BARDGE_BASE_URL="+front.URL+sandbox.BasePath, "BARDGE_API_KEY="+server.APIKey,
		"CLIENT_ID="+server.Seed.ClientID, "PACKAGE_ID="+server.Seed.CreditPackageID,
		"JOURNAL="+filepath.Join(dir, "journal.db"), "JOURNAL_SECRET=32 random bytes, kept in a vault")

	say(out, "The server executes the purchase and is slow to answer. The child is killed meanwhile.")
	server.Next(sandbox.PurchaseCredits, sandbox.DelayAfter(time.Hour))
	first := child(env, out)
	if err := first.Start(); err != nil {
		return err
	}
	for server.Executed(sandbox.PurchaseCredits) == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	if err := first.Process.Kill(); err != nil {
		return err
	}
	_ = first.Wait() // killed, as it should be
	say(out, "The child is dead. It never heard whether it had bought.")

	say(out, "Its successor does the same once more; it waits until the dead one's lease of 10 s is over.")
	if err := child(env, out).Run(); err != nil {
		return err
	}
	say(out, "And once more: the journal has the result, nothing is sent.")
	if err := child(env, out).Run(); err != nil {
		return err
	}

	say(out, strings.TrimSuffix(server.Ledger().String(), "\n"))
	if n := server.Executed(sandbox.PurchaseCredits); n != 1 {
		return fmt.Errorf("the purchase was executed %d times", n)
	}
	say(out, "The purchase was executed once.")
	return nil
}

func child(env []string, out io.Writer) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), os.Args[0], "buy") //nolint:gosec // this very program
	cmd.Env, cmd.Stdout, cmd.Stderr = env, out, os.Stderr
	return cmd
}

func say(out io.Writer, text string) {
	_, _ = fmt.Fprintf(out, "\n%s\n", text) // there may be no terminal
}
