// Command outbox commits an order and the intent to buy its pass in one
// transaction of database/sql, and buys the pass afterwards, once. No queue is
// needed: the orders' own table and the journal are in one SQLite file.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

func main() {
	if err := program(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func program(ctx context.Context, out io.Writer) error {
	api, err := sandbox.New() // the vendor's server, emulated in memory
	if err != nil {
		return err
	}
	defer api.Close()
	dir, err := os.MkdirTemp("", "outbox")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()

	// The shop takes two orders, and its process ends before it buys anything.
	for _, number := range []string{"8812", "8813"} {
		place := func(s *shop) error { return s.place(ctx, order{number: number, member: "member-" + number}) }
		if err := withShop(ctx, dir, api, place); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(out, "%d passes after the orders\n", api.Executed(sandbox.IssuePass)); err != nil {
		return err
	}

	// Other processes work the outbox, the second one in vain.
	for range 2 {
		err := withShop(ctx, dir, api, func(s *shop) error {
			n, err := s.deliver(ctx)
			_, failed := fmt.Fprintf(out, "%d orders delivered\n", n)
			return errors.Join(err, failed)
		})
		if err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(out, "%d passes\n", api.Executed(sandbox.IssuePass))
	return err
}

// withShop runs f in what could be a process of its own.
func withShop(ctx context.Context, dir string, api *sandbox.Sandbox, f func(*shop) error) error {
	s, err := openShop(ctx, filepath.Join(dir, "shop.db"), api.Seed.PassID, api.APIKey,
		bardge.WithBaseURL(api.URL), bardge.WithHTTPClient(api.Client()))
	if err != nil {
		return err
	}
	defer s.close()
	return f(s)
}
