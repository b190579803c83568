package peers

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"resty.dev/v3"
)

// Resty is resty v3 with a key on each call: 3 retries, POST included, and its
// conditions for 429, 5xx and a missing status. Its default retries neither.
var Resty = Peer{Name: "resty, keyed", Version: "v3.0.0-rc.4", Keeps: true, New: newResty}

type restyClient struct{ client *resty.Client }

func newResty(s Setup) (Client, error) {
	s = s.withDefaults()
	c := resty.NewWithClient(s.httpClient()).
		SetBaseURL(s.BaseURL).
		SetAuthToken(apiKey).
		SetTimeout(s.Timeout).
		SetLoggerWarnLevel(true). // true silences it: it warns of plain http, also on loopback
		SetRetryCount(3).
		SetRetryAllowNonIdempotent(true).
		AddRetryConditions(
			resty.RetryConditionStatusTooManyRequests,
			resty.RetryConditionStatus5XX,
			resty.RetryConditionStatusZero,
		)
	if s.Backoff != 0 {
		c.SetRetryWaitTime(s.Backoff).SetRetryMaxWaitTime(s.Backoff)
	}
	return &restyClient{client: c}, nil
}

func (c *restyClient) Issue(ctx context.Context, n int) Result {
	var p pass
	resp, err := c.client.R().
		SetContext(ctx).
		SetHeader(keyHeader, uuid.NewString()).
		SetBody(paramsOf(n)).
		SetResult(&p).
		Post(Path)
	switch {
	case err != nil:
		return unknown(err)
	case !resp.IsStatusSuccess():
		return failed(resp.StatusCode(), fmt.Errorf("status %d", resp.StatusCode()))
	case p.ID == "":
		return unknown(fmt.Errorf("status %d without a pass", resp.StatusCode()))
	}
	return done(p.ID)
}

func (c *restyClient) Close() { _ = c.client.Close() } // it always returns nil
