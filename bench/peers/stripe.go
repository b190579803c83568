package peers

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v85"
)

// Stripe is stripe-go's backend with another URL: 2 retries and a key on each
// call, as in all its methods, with a JSON body, which it has under /v2 only.
var Stripe = stripePeer("stripe-go", nil)

// StripeOnce is the same without retries of its own. It is not part of All.
var StripeOnce = stripePeer("stripe-go", stripe.Int64(0))

// stripePeer makes a peer with this number of retries; nil is stripe-go's own.
func stripePeer(name string, retries *int64) Peer {
	return Peer{
		Name: name, Version: "v85.0.0", Keeps: true,
		New: func(s Setup) (Client, error) { return newStripe(s, retries), nil },
	}
}

type stripeClient struct {
	backend stripe.Backend
	client  *http.Client
}

func newStripe(s Setup, retries *int64) *stripeClient {
	s = s.withDefaults()
	client := s.httpClient()
	client.Timeout = s.Timeout // its own default is 80 s, also set here
	backend := stripe.GetBackendWithConfig(stripe.APIBackend, &stripe.BackendConfig{
		HTTPClient:        client,
		MaxNetworkRetries: retries,
		LeveledLogger:     &stripe.LeveledLogger{Level: stripe.LevelNull},
		EnableTelemetry:   new(bool),
		URL:               stripe.String(s.BaseURL),
	})
	// Its only setting for waits is whether it waits at all.
	if b, ok := backend.(*stripe.BackendImplementation); ok && s.Backoff != 0 {
		b.SetNetworkRetriesSleep(false)
	}
	return &stripeClient{backend: backend, client: client}
}

// stripePass is a response in the form of stripe-go's own types.
type stripePass struct {
	stripe.APIResource
	pass
}

func (c *stripeClient) Issue(ctx context.Context, n int) Result {
	body, err := json.Marshal(paramsOf(n))
	if err != nil {
		return unknown(err)
	}
	call := &stripe.Params{Context: ctx, IdempotencyKey: stripe.String(uuid.NewString())}
	var p stripePass
	if err := c.backend.CallRaw(http.MethodPost, StripePath, apiKey, body, call, &p); err != nil {
		return stripeFailed(err)
	}
	return done(p.ID)
}

// stripeFailed distinguishes an error response, of one of several types.
func stripeFailed(err error) Result {
	if e := (*stripe.V2RawError)(nil); errors.As(err, &e) {
		return failed(e.HTTPStatusCode, err)
	}
	if e := (*stripe.Error)(nil); errors.As(err, &e) {
		return failed(e.HTTPStatusCode, err)
	}
	return unanswered(err)
}

func (c *stripeClient) Close() { c.client.CloseIdleConnections() }
