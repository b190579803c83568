package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxInput bounds what is read from standard input.
const maxInput = 16 << 20

// ReadInput reads standard input to its end, or until ctx ends.
func (a *App) ReadInput(ctx context.Context) ([]byte, error) {
	text, err := interruptible(ctx, func() ([]byte, error) { return io.ReadAll(io.LimitReader(a.Stdin, maxInput+1)) })
	if err == nil && len(text) > maxInput {
		return nil, Usage(fmt.Errorf("standard input is longer than %d MiB", maxInput>>20))
	}
	return text, err
}

// Confirm asks a question on standard error, and returns nil if the answer is
// yes. Otherwise the command ends as cancelled. Without a terminal it is
// a fault of the command line: flag names the flag that answers in advance.
func (a *App) Confirm(ctx context.Context, question, flag string) error {
	if a.NoInput || !a.StdinIsTerminal {
		return Usage(fmt.Errorf("this needs a confirmation: give --%s; nothing was done", flag))
	}
	_, _ = fmt.Fprintf(a.Stderr, "%s [y/N] ", Printable(question)) // the answer shows whether it was read
	answer, err := interruptible(ctx, func() (string, error) { return bufio.NewReader(a.Stdin).ReadString('\n') })
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	default:
		return Exit(ExitCancelled, errors.New("cancelled"))
	}
}

// interruptible calls read, which does not know ctx, until ctx ends. Then read
// goes on, and what it returns is lost.
func interruptible[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := read()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}
