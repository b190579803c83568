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

// NetHTTP is net/http with a context timeout, written by hand: one attempt, with a key, as the vendor asks of every
// mutation.
var NetHTTP = Peer{Name: "net/http by hand", Version: runtime.Version(), Keeps: true, New: newNetHTTP}

type netHTTP struct {
	client  *http.Client
	url     string
	timeout time.Duration
}

func newNetHTTP(s Setup) (Client, error) {
	s = s.withDefaults()
	return &netHTTP{client: s.httpClient(), url: s.BaseURL + Path, timeout: s.Timeout}, nil
}

func (c *netHTTP) Issue(ctx context.Context, n int) Result {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	body, err := json.Marshal(paramsOf(n))
	if err != nil {
		return unknown(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return unknown(err)
	}
	setHeaders(req.Header)
	req.Header.Set(keyHeader, uuid.NewString())
	resp, err := c.client.Do(req)
	if err != nil {
		return unknown(err)
	}
	defer func() { _ = resp.Body.Close() }()
	return read(resp)
}

func (c *netHTTP) Close() { c.client.CloseIdleConnections() }

// setHeaders sets what the API wants on every call.
func setHeaders(h http.Header) {
	h.Set("Authorization", "Bearer "+apiKey)
	h.Set("Content-Type", "application/json")
	h.Set("Accept", "application/json")
}
