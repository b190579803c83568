package chaos_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bardge/bardge-go/internal/chaos"
)

func in(t *testing.T, cfg chaos.Config, test func(t *testing.T, sim *chaos.Simulation)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sim := chaos.Start(cfg)
		defer sim.Close()
		test(t, sim)
	})
}

func simulationTest(cfg chaos.Config, test func(t *testing.T, sim *chaos.Simulation)) func(*testing.T) {
	return func(t *testing.T) { in(t, cfg, test) }
}

type seen struct {
	status int
	header http.Header
	body   string
	err    error
}

func (s seen) text() string {
	var b strings.Builder
	_ = s.header.Write(&b)
	return b.String() + "\r\n" + s.body
}

func request(ctx context.Context, sim *chaos.Simulation, op chaos.Op, key string) *http.Request {
	req, err := http.NewRequestWithContext(ctx, op.Method, sim.URL+op.Path, bytes.NewReader(op.Body))
	if err != nil {
		panic(err) // the operations of this package are well formed
	}
	if op.Key != "" {
		key = op.Key
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	return req
}

func plain(sim *chaos.Simulation) func(ctx context.Context, op chaos.Op, key string) seen {
	client := &http.Client{
		Transport:     &http.Transport{DialContext: sim.DialContext},
		Timeout:       15 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return func(ctx context.Context, op chaos.Op, key string) seen {
		req := request(ctx, sim, op, key)
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

// claiming returns a client that sends an operation's request so many times,
// one after another, without a key of its own, and then makes a claim.
func claiming(sim *chaos.Simulation, requests int, claim chaos.Claim) chaos.Client {
	send := plain(sim)
	return func(ctx context.Context, op chaos.Op) chaos.Claim {
		for range requests {
			send(ctx, op, "")
		}
		return claim
	}
}

func run(t *testing.T, load chaos.Load, connect func(sim *chaos.Simulation) chaos.Client) chaos.Report {
	t.Helper()
	var sum chaos.Report
	synctest.Test(t, func(*testing.T) { sum.Add(chaos.Run(chaos.Config{}, load, connect)) })
	return sum
}
