package main

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/bardge/bardge-go"
)

// patience is how long a visit goes on at a server that does not answer.
const patience = 10 * time.Second

// visit issues a pass at the server of BARDGE_BASE_URL, such as that of "bardge
// sandbox serve", whose page shows it live. Where that ends unknown, another
// visit with the key that it has printed resumes it.
func visit(ctx context.Context, out io.Writer, key string) error {
	client, err := bardge.FromEnv(bardge.WithTimeout(patience))
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	var opts []bardge.CallOption
	if key != "" {
		sent, err := bardge.SentKey(key, time.Time{}) // its date is in it
		if err != nil {
			return err
		}
		opts = append(opts, bardge.WithIdempotencyKey(sent))
	}
	t := &tour{Client: client, out: out}
	pass, resp, err := t.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
		ClientID: "client_ada", PassID: "pass_premium", FirstName: "Ada", LastName: "Okafor",
	}, opts...)
	if err := t.show(resp, err); err != nil {
		if bardge.CanRepeat(err) {
			t.sayf("resume it with the key %s", bardge.KeyOf(err))
		}
		return errors.New("the pass may not be issued")
	}
	t.sayf("%s is %s, replayed: %t", pass.ID, pass.Status, resp.Replayed)
	return nil
}
