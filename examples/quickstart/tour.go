package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

type tour struct {
	*bardge.Client

	server   *sandbox.Sandbox
	out      io.Writer
	chapters int

	firstKey  bardge.Key
	bookingID string
}

// run runs the chapters, and prints what the server executed.
func run(ctx context.Context, out io.Writer) error {
	server, err := sandbox.New() // in memory: nothing listens on a port
	if err != nil {
		return err
	}
	defer server.Close()
	client, err := connect(server)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	t := &tour{Client: client, server: server, out: out}
	for _, chapter := range []func(context.Context) error{
		t.issue, t.book, t.cancel, t.cancelAgain, t.reuseKey, t.outage,
	} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	return t.audit()
}

func connect(server *sandbox.Sandbox) (*bardge.Client, error) {
	return bardge.New(server.APIKey, bardge.WithBaseURL(server.URL), bardge.WithHTTPClient(server.Client()))
}

// dieAfter takes the server down between an execution and its response.
func (t *tour) dieAfter(ctx context.Context, op sandbox.Operation) {
	t.server.Next(op, sandbox.DelayAfter(time.Minute))
	go func() {
		for t.server.Executed(op) == 0 && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		t.server.Down()
	}()
}

// audit compares the client's results with the server's ledger.
func (t *tour) audit() error {
	t.printf("\nWhat the server did\n\n%s\n", t.server.Ledger())
	for _, op := range []sandbox.Operation{
		sandbox.IssuePass, sandbox.BookClass, sandbox.ConfirmClassBooking,
		sandbox.CancelBooking, sandbox.PurchaseCredits,
	} {
		n := t.server.Executed(op)
		t.printf("%-20s executed %d×\n", op, n)
		if n != 1 {
			return fmt.Errorf("%s was executed %d times", op, n)
		}
	}
	return nil
}

// wants returns the error of type E in err, or fails.
func wants[E error](err error) (E, error) {
	var found E
	if errors.As(err, &found) {
		return found, nil
	}
	return found, errors.Join(fmt.Errorf("wanted a %T", found), err)
}

func wantsUnknown(err error) (*bardge.Error, error) {
	found, err := wants[*bardge.Error](err)
	if err == nil && found.Outcome != bardge.OutcomeUnknown {
		return nil, fmt.Errorf("wanted an unknown outcome, got %w", found)
	}
	return found, err
}

func (t *tour) chapter(title string) {
	t.chapters++
	t.printf("\n%d. %s\n", t.chapters, title)
}

// show prints each attempt, and the error, which it returns.
func (t *tour) show(resp *bardge.Response, err error) error {
	t.sayf("%s", strings.ReplaceAll(resp.Timeline(), "\n", "\n   "))
	if err != nil {
		t.sayf("error: %v", err)
	}
	return err
}

func (t *tour) sayf(format string, args ...any) { t.printf("   "+format+"\n", args...) }

func (t *tour) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(t.out, format, args...) // there may be no terminal
}
