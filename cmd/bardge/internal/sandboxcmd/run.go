package sandboxcmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/internal/sandboxserver"
)

// outputDelay is how long the output of a command is awaited that has ended,
// where a process that it left behind holds it open.
const outputDelay = 2 * time.Second

// runCommand runs a command to its end, forwards signals to it, and returns its
// failure, with its exit code.
func runCommand(app *cli.App, env, command []string) error {
	// No context: the command is to end by itself, with the signal's help.
	cmd := exec.CommandContext(context.Background(), command[0], command[1:]...) //nolint:gosec // the user's own
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = app.Stdin, app.Stdout, app.Stderr
	cmd.WaitDelay = outputDelay
	forward := []os.Signal{syscall.SIGTERM, syscall.SIGHUP}
	if !app.StdinIsTerminal { // a terminal interrupts the command, too
		forward = append(forward, os.Interrupt)
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, append(forward, os.Interrupt)...)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return cli.Usage(fmt.Errorf("%s does not start: %w", command[0], err))
	}
	done := make(chan struct{})
	defer close(done)
	go forwardTo(cmd.Process, signals, forward, done)
	return commandError(command[0], cmd.Wait())
}

// forwardTo passes signals on until done is closed.
func forwardTo(process *os.Process, signals <-chan os.Signal, forward []os.Signal, done <-chan struct{}) {
	for {
		select {
		case got := <-signals:
			for _, one := range forward {
				if one == got {
					_ = process.Signal(got) // it may have ended
				}
			}
		case <-done:
			return
		}
	}
}

// commandError returns a command's failure with its exit code; one that a
// signal ended has 128 and the signal's number, as in shells.
func commandError(name string, err error) error {
	if err == nil || errors.Is(err, exec.ErrWaitDelay) {
		return nil
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return fmt.Errorf("%s: %w", name, err)
	}
	code := exit.ExitCode()
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		code = 128 + int(status.Signal())
	}
	return cli.Exit(code, fmt.Errorf("%s: %w", name, err))
}

// environment shows a command where the sandbox is.
func environment(ready sandboxserver.Ready) []string {
	env := []string{"BARDGE_SANDBOX_URL=" + ready.ControlURL}
	if ready.Vendor == "bluesnap" {
		return append(env,
			"BLUESNAP_BASE_URL="+ready.BaseURL, "BLUESNAP_USERNAME="+ready.Credentials["username"],
			"BLUESNAP_PASSWORD="+ready.Credentials["password"],
			"BLUESNAP_MERCHANT_ID="+ready.Credentials["merchant_id"])
	}
	return append(env, "BARDGE_BASE_URL="+ready.BaseURL, "BARDGE_API_KEY="+ready.Credentials["api_key"])
}
