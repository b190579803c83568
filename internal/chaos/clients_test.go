package chaos_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/bardge/bardge-go/internal/chaos"
)

// Clients to try the witness on. They know as much of HTTP as the claims need and nothing of each other.

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

// cautious sends each operation's request once, on a connection of its own, whoever may call for it again, and says
// "unknown" on any doubt.
func cautious(w *chaos.World) chaos.Client {
	client := &http.Client{
		Transport:     &http.Transport{DialContext: w.DialContext, DisableKeepAlives: true},
		Timeout:       15 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	var used sync.Map // operations
	return func(ctx context.Context, op chaos.Op) chaos.Claim {
		if op.Invalid {
			return chaos.NotSent
		}
		if _, again := used.LoadOrStore(op.ID, true); again || !op.SentSince.IsZero() {
			return chaos.Unknown
		}
		var connected atomic.Bool
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
		})
		req := request(ctx, w, op, "key-"+op.ID)
		req.GetBody = nil // or net/http would send it again by itself
		resp, err := client.Do(req)
		if err != nil {
			return unknownIf(connected.Load())
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return chaos.Unknown
		}
		return claimOf(resp, body)
	}
}

func unknownIf(connected bool) chaos.Claim {
	if connected {
		return chaos.Unknown
	}
	return chaos.NotSent
}

// claimOf trusts what only the server says: a result, or its error object.
func claimOf(resp *http.Response, body []byte) chaos.Claim {
	var said struct {
		Object string `json:"object"`
		Error  *struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &said) != nil || resp.Header.Get("Content-Type") != "application/json" {
		return chaos.Unknown
	}
	switch {
	case resp.StatusCode < 300 && said.Object != "" && said.Error == nil:
		return chaos.Done
	case resp.StatusCode >= 400 && resp.StatusCode < 500 && said.Error != nil && said.Error.Code != "already_cancelled":
		return chaos.Rejected
	}
	return chaos.Unknown
}

// hasty is go-retryablehttp as it comes, used the way its users do: 2xx is done, 4xx rejected. It sends a key if keys,
// the same for all attempts, and knows no window.
func hasty(w *chaos.World, keys bool) chaos.Client {
	client := retryablehttp.NewClient()
	client.Logger = log.New(io.Discard, "", 0)
	client.HTTPClient = &http.Client{
		Transport: &http.Transport{DialContext: w.DialContext},
		Timeout:   15 * time.Second, // with none, the first dead connection would hang for good
	}
	return func(ctx context.Context, op chaos.Op) chaos.Claim {
		key := ""
		if keys {
			key = "key-" + op.ID
		}
		req, err := retryablehttp.FromRequest(request(ctx, w, op, key))
		if err != nil {
			panic(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			return chaos.Unknown
		}
		defer resp.Body.Close()
		_, _ = io.Copy(io.Discard, resp.Body)
		switch {
		case resp.StatusCode < 300:
			return chaos.Done
		case resp.StatusCode < 500:
			return chaos.Rejected
		}
		return chaos.Unknown
	}
}

// patient repeats a request under one key until it gets a result, or 80 seconds have passed by its monotonic clock,
// which is the only one it looks at.
func patient(w *chaos.World) chaos.Client {
	send := plain(w)
	return func(ctx context.Context, op chaos.Op) chaos.Claim {
		for start := time.Now(); time.Since(start) < 80*time.Second; time.Sleep(time.Second) {
			if got := send(ctx, op, "key-"+op.ID); got.status == http.StatusCreated {
				return chaos.Done
			}
		}
		return chaos.Unknown
	}
}
