package chaos_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bardge/bardge-go/internal/chaos"
)

const replayed = "X-Idempotent-Replayed"

// in runs a test in a world of its own.
func in(t *testing.T, cfg chaos.Config, test func(t *testing.T, w *chaos.World)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := chaos.Start(cfg)
		defer w.Close()
		test(t, w)
	})
}

// seen is what a plain client sees of one request.
type seen struct {
	status int
	header http.Header
	body   string
	err    error
}

// text is the response as it is on the wire, but for its first line.
func (s seen) text() string {
	var b strings.Builder
	_ = s.header.Write(&b)
	return b.String() + "\r\n" + s.body
}

// request builds an operation's request. The key goes with what is keyed, as the rules ask.
func request(ctx context.Context, w *chaos.World, op chaos.Op, key string) *http.Request {
	req, err := http.NewRequestWithContext(ctx, op.Method, w.URL+op.Path, bytes.NewReader(op.Body))
	if err != nil {
		panic(err) // the operations of this package are well formed
	}
	if op.Key != "" {
		key = op.Key
	}
	if op.Class == chaos.Keyed && key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	return req
}

// plain returns a function that sends a request once. It follows no redirect and
// waits at most 15 seconds.
func plain(w *chaos.World) func(ctx context.Context, op chaos.Op, key string) seen {
	client := &http.Client{
		Transport:     &http.Transport{DialContext: w.DialContext},
		Timeout:       15 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return func(ctx context.Context, op chaos.Op, key string) seen {
		req := request(ctx, w, op, key)
		req.GetBody = nil // or net/http would send it again by itself
		resp, err := client.Do(req)
		if err != nil {
			return seen{err: err}
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		return seen{resp.StatusCode, resp.Header, string(body), err}
	}
}

// says returns a client that sends an operation's request so many times, one
// after another, without a key of its own, and then makes a claim.
func says(w *chaos.World, requests int, claim chaos.Claim) chaos.Client {
	send := plain(w)
	return func(ctx context.Context, op chaos.Op) chaos.Claim {
		for range requests {
			send(ctx, op, "")
		}
		return claim
	}
}

// opID is the id that a run gives its n-th operation.
func opID(n int) string { return fmt.Sprint("op-", n) }

// strikes counts the requests of an operation that a kind of fault struck.
func strikes(w *chaos.World, op chaos.Op, kind chaos.Kind) int {
	return strings.Count(w.Ledger.Timeline(op), "leaves ("+string(kind)+"/")
}

// run drives a client through worlds of several seeds.
func run(t *testing.T, seeds uint64, cfg chaos.Config, load chaos.Load, connect func(w *chaos.World) chaos.Client) chaos.Report {
	t.Helper()
	var sum chaos.Report
	for seed := range seeds {
		cfg.Seed = seed
		synctest.Test(t, func(*testing.T) { sum.Add(chaos.Run(cfg, load, connect)) })
	}
	return sum
}
