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

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/chaos"
)

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

// plain returns a function that sends a request once. It follows no redirect and waits at most 15 seconds.
func plain(w *chaos.World) func(ctx context.Context, op chaos.Op, key string) seen {
	return plainWith(w, false)
}

// authorization is the credentials in a context.
type authorization struct{}

// plainWith is plain, with a connection for each request if wanted.
func plainWith(w *chaos.World, ownConns bool) func(ctx context.Context, op chaos.Op, key string) seen {
	client := &http.Client{
		Transport:     &http.Transport{DialContext: w.DialContext, DisableKeepAlives: ownConns},
		Timeout:       15 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return func(ctx context.Context, op chaos.Op, key string) seen {
		req := request(ctx, w, op, key)
		req.GetBody = nil
		if credentials, ok := ctx.Value(authorization{}).(string); ok {
			req.Header.Set("Authorization", credentials)
		}
		resp, err := client.Do(req)
		if err != nil {
			return seen{err: err}
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		return seen{resp.StatusCode, resp.Header, string(body), err}
	}
}

// post sends a body to a path, as a client that gets it wrong would.
func post(t *testing.T, w *chaos.World, path, key, body string) seen {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DialContext: w.DialContext}}
	req, err := http.NewRequest(http.MethodPost, w.URL+path, bytes.NewBufferString(body))
	require.NoError(t, err)
	req.Header.Set("Idempotency-Key", key)
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return seen{status: resp.StatusCode, header: resp.Header, body: string(got)}
}

// opID is the id that a run gives its n-th operation.
func opID(n int) string { return fmt.Sprint("op-", n) }

// strikes counts the requests of an operation that a kind of fault struck.
func strikes(w *chaos.World, op chaos.Op, kind chaos.Kind) int {
	return strings.Count(w.Ledger.Timeline(op), "leaves ("+string(kind)+"/")
}
