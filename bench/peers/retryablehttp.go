package peers

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/google/uuid"
	"github.com/hashicorp/go-retryablehttp"
)

// RetryableHTTP is go-retryablehttp with its defaults: up to 4 retries, waits
// of 1 to 30 s, no key. Its client has a timeout for each attempt. After the
// last retry it returns an error without the last response.
var RetryableHTTP = retryablePeer("go-retryablehttp", retryable{})

// RetryableHTTPKeyed is the same with a key on each call.
var RetryableHTTPKeyed = retryablePeer("go-retryablehttp, keyed", retryable{keyed: true})

// RetryableHTTPPatient has unusually many retries. It is not part of All.
var RetryableHTTPPatient = retryablePeer("go-retryablehttp, keyed, 20 retries", retryable{keyed: true, retries: 20})

func retryablePeer(name string, c retryable) Peer {
	return Peer{
		Name: name, Version: "v0.7.8", Keeps: c.keyed,
		New: func(s Setup) (Client, error) { return newRetryable(s, c), nil },
	}
}

type retryable struct {
	keyed   bool
	retries int // 0: the library's 4

	client *retryablehttp.Client
	base   string
}

func newRetryable(s Setup, r retryable) *retryable {
	s = s.withDefaults()
	r.base = s.BaseURL
	r.client = retryablehttp.NewClient()
	r.client.Logger = nil
	r.client.HTTPClient = s.httpClient()
	r.client.HTTPClient.Timeout = s.Timeout
	if r.retries != 0 {
		r.client.RetryMax = r.retries
	}
	if s.Backoff != 0 {
		r.client.RetryWaitMin, r.client.RetryWaitMax = s.Backoff, s.Backoff
	}
	return &r
}

func (c *retryable) Issue(ctx context.Context, n int) Result {
	body, err := json.Marshal(paramsOf(n))
	if err != nil {
		return unknown(err)
	}
	return c.post(ctx, c.base+Path, body, c.keyed)
}

func (c *retryable) Do(ctx context.Context, op Operation) Result {
	return op.result(c.post(ctx, c.base+op.Path, op.Body, c.keyed && op.Keyed))
}

func (c *retryable) post(ctx context.Context, url string, body []byte, keyed bool) Result {
	req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodPost, url, body)
	if err != nil {
		return unknown(err)
	}
	setHeaders(req.Header)
	if keyed {
		req.Header.Set(keyHeader, uuid.NewString())
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return unknown(err)
	}
	defer func() { _ = resp.Body.Close() }()
	return read(resp)
}

func (c *retryable) Close() { c.client.HTTPClient.CloseIdleConnections() }
