package peers

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"runtime"
	"time"

	"github.com/google/uuid"
)

// NetHTTP is net/http with a context timeout, written by hand: one attempt,
// with a key, as the vendor requires of every mutation.
var NetHTTP = Peer{Name: "net/http by hand", Version: runtime.Version(), Keeps: true, New: newNetHTTP}

type netHTTP struct {
	client  *http.Client
	base    string
	timeout time.Duration
}

func newNetHTTP(s Setup) (Client, error) {
	s = s.withDefaults()
	return &netHTTP{client: s.httpClient(), base: s.BaseURL, timeout: s.Timeout}, nil
}

func (c *netHTTP) Issue(ctx context.Context, n int) Result {
	body, err := json.Marshal(paramsOf(n))
	if err != nil {
		return unknown(err)
	}
	return c.post(ctx, c.base+Path, body, true)
}

func (c *netHTTP) Do(ctx context.Context, op Operation) Result {
	return op.result(c.post(ctx, c.base+op.Path, op.Body, op.Keyed))
}

func (c *netHTTP) post(ctx context.Context, url string, body []byte, keyed bool) Result {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
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

func (c *netHTTP) Close() { c.client.CloseIdleConnections() }

func setHeaders(h http.Header) {
	h.Set("Authorization", "Bearer "+apiKey)
	h.Set("Content-Type", "application/json")
	h.Set("Accept", "application/json")
}
