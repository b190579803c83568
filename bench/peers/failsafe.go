package peers

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/failsafe-go/failsafe-go/timeout"
	"github.com/google/uuid"
)

// Failsafe is failsafe-go's HTTP retry policy around a timeout policy, with a
// key on each call. Its default is 2 retries without a wait; its
// documentation's examples, and this, set a backoff and 3 retries. After the
// last one it returns an error instead of the last response.
var Failsafe = Peer{Name: "failsafe-go, keyed", Version: "v0.9.8", Keeps: true, New: newFailsafe}

type failsafeClient struct {
	client    *http.Client
	transport *http.Client
	url       string
}

func newFailsafe(s Setup) (Client, error) {
	s = s.withDefaults()
	first, longest := time.Second, 10*time.Second
	if s.Backoff != 0 {
		first, longest = s.Backoff, 2*s.Backoff
	}
	//nolint:bodyclose // no answer is at hand here
	retries := failsafehttp.NewRetryPolicyBuilder().WithBackoff(first, longest).WithMaxRetries(3).Build()
	limited := timeout.New[*http.Response](s.Timeout) //nolint:bodyclose // likewise
	return &failsafeClient{
		client:    &http.Client{Transport: failsafehttp.NewRoundTripper(s.Transport, retries, limited)},
		transport: s.httpClient(),
		url:       s.BaseURL + Path,
	}, nil
}

func (c *failsafeClient) Issue(ctx context.Context, n int) Result {
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

func (c *failsafeClient) Close() { c.transport.CloseIdleConnections() }
