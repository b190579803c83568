package peers_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/memnet"
	"github.com/bardge/bardge-go/journal"
)

// vendor answers by its script, with the last answer for ever.
type vendor struct {
	script   []answer
	requests []request
}

func (v *vendor) serve(t *testing.T) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v.requests = append(v.requests, read(t, r))
		say(w, v.script[min(len(v.requests), len(v.script))-1])
	}
}

// keys are the requests' keys in order, each once.
func (v *vendor) keys() (all []string) {
	seen := map[string]bool{}
	for _, r := range v.requests {
		if !seen[r.key] {
			all = append(all, r.key)
		}
		seen[r.key] = true
	}
	return all
}

// over lets an SDK call the vendor over the engine's transport.
func over(t *testing.T, p peers.Peer, timeout time.Duration, test func(t *testing.T, v *vendor, c peers.Client), script ...answer) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{script: script}
		listener := memnet.Listen()
		server := &http.Server{Handler: v.serve(t)}
		go func() { _ = server.Serve(listener) }()
		defer server.Close()
		url := "http://" + listener.Addr().String()
		below, err := idem.NewTransport(rules(), issues, func(c *idem.Config) {
			c.BaseURL = url
			c.Journal = journal.NewMemory()
			c.Transport = &http.Transport{DialContext: listener.DialContext}
		})
		require.NoError(t, err)
		defer below.CloseIdleConnections()
		client, err := p.New(peers.Setup{BaseURL: url, Transport: below, Timeout: timeout})
		require.NoError(t, err)
		test(t, v, client)
		client.Close()
		require.NoError(t, below.Engine().Close(t.Context()))
		synctest.Wait()
	})
}

func rules() idem.Profile {
	return idem.Profile{
		Vendor: "rules", KeyHeader: "Idempotency-Key", KeyTTL: 24 * time.Hour, MaxElapsedTime: 5 * time.Minute,
		Classify: func(_ int, _ http.Header, body []byte) idem.Signal {
			if bytes.HasPrefix(body, []byte(`{"error":`)) {
				return idem.SignalError
			}
			return idem.SignalNone
		},
	}
}

func issues(*http.Request) (idem.Operation, bool) {
	return idem.Operation{Name: "IssuePass", Class: idem.Keyed, Success: []int{http.StatusCreated}}, true
}

const long = time.Hour

// keyed are the SDKs that send a key, with their own retries and without.
var keyed = map[string]peers.Peer{
	"stripe-go": peers.Stripe, "stripe-go, own retries off": peers.StripeOnce,
	"openai-go": peers.OpenAI, "openai-go, own retries off": peers.OpenAIOnce,
}

func TestTheErrorOfAnSDKTellsOutcomeAndKey(t *testing.T) {
	for name, p := range keyed {
		t.Run(name, func(t *testing.T) {
			over(t, p, long, func(t *testing.T, v *vendor, c peers.Client) {
				got := c.Issue(t.Context(), 7)
				assert.Equal(t, peers.Unknown, got.Outcome)
				assert.Equal(t, idem.OutcomeUnknown, idem.OutcomeOf(got.Err))
				assert.Equal(t, []string{idem.KeyOf(got.Err).String()}, v.keys())
				var failure *idem.Failure
				require.ErrorAs(t, got.Err, &failure)
				assert.Equal(t, "IssuePass", failure.Operation)
				var whole *idem.TransportError
				require.ErrorAs(t, got.Err, &whole)

				v.script = []answer{gives}
				got = c.Issue(idem.ContextWithKey(t.Context(), idem.KeyOf(got.Err)), 7)
				assert.Equal(t, peers.Result{Outcome: peers.Done, ID: "brgpass_1"}, got)
				assert.Len(t, v.keys(), 1, "the context's key replaces the SDK's next one")
			}, hangsUp)
		})
	}
}

func TestARefusalIsTheSDKsOwnError(t *testing.T) {
	for name, p := range keyed {
		t.Run(name, func(t *testing.T) {
			over(t, p, long, func(t *testing.T, v *vendor, c peers.Client) {
				got := c.Issue(t.Context(), 7)
				assert.Equal(t, peers.Failed, got.Outcome)
				assert.Equal(t, http.StatusBadRequest, got.Status)
				assert.Len(t, v.requests, 1)
			}, refuses)
			over(t, p, long, func(t *testing.T, _ *vendor, c peers.Client) {
				got := c.Issue(t.Context(), 7)
				assert.Equal(t, peers.Unknown, got.Outcome, "the first request may have been executed")
				assert.Zero(t, got.Status)
			}, hangsUp, refuses)
		})
	}
}

func TestRetriesOfAnSDKWithoutAKeyAreOtherOperations(t *testing.T) {
	for name, row := range map[string]struct {
		peer peers.Peer
		ctx  func(context.Context) context.Context
		keys int
	}{
		"own retries":     {peer: peers.OpenAIKeyless, keys: 3},
		"own retries off": {peer: peers.OpenAIKeylessOnce, keys: 1},
		"a key in the context": {peer: peers.OpenAIKeyless, keys: 1, ctx: func(ctx context.Context) context.Context {
			return idem.ContextWithKey(ctx, idem.NewKey())
		}},
		"a ref in the context": {peer: peers.OpenAIKeyless, keys: 1, ctx: func(ctx context.Context) context.Context {
			return idem.ContextWithRef(ctx, "order-17")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			over(t, row.peer, long, func(t *testing.T, v *vendor, c peers.Client) {
				ctx := t.Context()
				if row.ctx != nil {
					ctx = row.ctx(ctx)
				}
				assert.Equal(t, peers.Unknown, c.Issue(ctx, 7).Outcome)
				assert.Len(t, v.keys(), row.keys)
			}, hangsUp)
		})
	}
}

// A deadline that passes hides the transport's error from users of Stainless.
func TestAKeyOfTheContextSurvivesADeadline(t *testing.T) {
	over(t, peers.OpenAIKeyless, 10*time.Second, func(t *testing.T, v *vendor, c peers.Client) {
		key := idem.NewKey()
		ctx := idem.ContextWithKey(t.Context(), key)
		got := c.Issue(ctx, 7)
		require.ErrorIs(t, got.Err, context.DeadlineExceeded)
		assert.Equal(t, idem.OutcomeUnknown, idem.OutcomeOf(got.Err))
		assert.True(t, idem.KeyOf(got.Err).IsZero(), "it is lost")

		v.script = []answer{gives}
		assert.Equal(t, peers.Result{Outcome: peers.Done, ID: "brgpass_1"}, c.Issue(ctx, 7))
		assert.Equal(t, []string{key.String()}, v.keys())
	}, hangsUp)
	over(t, peers.Stripe, 10*time.Second, func(t *testing.T, v *vendor, c peers.Client) {
		got := c.Issue(t.Context(), 7)
		assert.Equal(t, []string{idem.KeyOf(got.Err).String()}, v.keys(), "http.Client's own timeout hides nothing")
	}, hangsUp)
}

func TestAKeyThatIsNoneIsNotSent(t *testing.T) {
	tooLong, err := idem.UnsentKey(strings.Repeat("k", 256))
	require.NoError(t, err)
	for name, p := range keyed {
		t.Run(name, func(t *testing.T) {
			over(t, p, long, func(t *testing.T, v *vendor, c peers.Client) {
				got := c.Issue(idem.ContextWithKey(t.Context(), tooLong), 7)
				assert.Equal(t, peers.Failed, got.Outcome)
				assert.Equal(t, idem.OutcomeNotSent, idem.OutcomeOf(got.Err))
				var invalid *idem.InvalidError
				require.ErrorAs(t, got.Err, &invalid)
				assert.Empty(t, v.requests)
			}, gives)
		})
	}
}
