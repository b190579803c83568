package peers

import (
	"context"

	"github.com/bardge/bardge-go"
)

// SDK is this SDK with its defaults. It generates a key for each call.
var SDK = SDKWith("bardge-go", bardge.RetryPolicy{})

func SDKWith(name string, policy bardge.RetryPolicy) Peer {
	return Peer{
		Name: name, Version: "v" + bardge.Version, Keeps: true,
		New: func(s Setup) (Client, error) { return newSDK(s, policy) },
	}
}

type sdk struct{ client *bardge.Client }

func newSDK(s Setup, policy bardge.RetryPolicy) (Client, error) {
	s = s.withDefaults()
	policy.AttemptTimeout = s.Timeout
	if s.Backoff != 0 {
		policy.BaseDelay, policy.MaxDelay = s.Backoff, s.Backoff
	}
	opts := []bardge.Option{bardge.WithBaseURL(s.BaseURL), bardge.WithRetryPolicy(policy)}
	if s.Transport != nil {
		opts = append(opts, bardge.WithHTTPClient(s.httpClient()))
	}
	client, err := bardge.New(apiKey, opts...)
	if err != nil {
		return nil, err
	}
	return &sdk{client: client}, nil
}

func (c *sdk) Issue(ctx context.Context, n int) Result {
	p, resp, err := c.client.IssuedPasses.Issue(ctx, ParamsOf(n))
	switch bardge.OutcomeOf(err) {
	case bardge.OutcomeDone:
		if err != nil { // executed, and the answer could not be read
			return Result{Outcome: Done, Err: err}
		}
		return done(p.ID)
	case bardge.OutcomeRejected, bardge.OutcomeNotSent:
		return failed(resp.StatusCode, err)
	default:
		return unknown(err)
	}
}

func ParamsOf(n int) bardge.IssuePassParams {
	return bardge.IssuePassParams{ClientID: clientID(n), PassID: passID, Email: email(n)}
}

func (c *sdk) Close() { c.client.CloseIdleConnections() }
