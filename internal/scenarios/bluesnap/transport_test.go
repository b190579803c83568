package scenarios

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/sdktest"
)

type own struct {
	*http.Client
	w *sdktest.BlueSnap
}

func ownCode(t *testing.T, s *sdktest.BlueSnap, opts ...bluesnap.Option) own {
	opts = append([]bluesnap.Option{bluesnap.WithBaseURL(s.URL())}, opts...)
	o := own{Client: &http.Client{Transport: bluesnap.NewTransport(s.Transport(), opts...)}, w: s}
	t.Cleanup(o.CloseIdleConnections)
	return o
}

func (o own) post(t *testing.T, path, body string, headers ...string) (*http.Response, error) {
	t.Helper()
	return o.send(t.Context(), t, "POST", path, body, headers...)
}

func (o own) send(ctx context.Context, t *testing.T, method, path, body string, headers ...string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, o.w.URL()+path, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Basic dXNlcm5hbWU6cGFzc3dvcmQ=")
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	before := req.Header.Clone()
	resp, err := o.Do(req)
	assert.Equal(t, before, req.Header, "a transport must not change the request")
	return resp, err
}

func (o own) pay(t *testing.T, key string) error {
	t.Helper()
	resp, err := o.post(t, "/services/2/transactions", payment, "Idempotency-Key", key)
	if err == nil {
		require.NoError(t, resp.Body.Close())
	}
	return err
}

const payment = `{"amount": "11.00"}`

func TestTransportSendsAPaymentOnceUnderOneKey(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Respond(503, ""), sdktest.Lose, sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		o := ownCode(t, s)
		resp, err := o.post(t, "/services/2/transactions?a=1", payment, "Accept-Encoding", "br", "X-Own", "1")
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, sdktest.Paid, string(body)) //nolint:testifylint // byte for byte
		assert.Equal(t, int64(len(sdktest.Paid)), resp.ContentLength)
		assert.Equal(t, "200 OK", resp.Status)
		require.Len(t, s.Requests(), 3)
		sdktest.OneKey(t, s.Requests())
		r := s.Requests()[0]
		assert.Equal(t, "/services/2/transactions", r.Path)
		assert.Equal(t, "a=1", r.Query)
		assert.Equal(t, payment, r.Body) //nolint:testifylint // byte for byte
		assert.Equal(t, "Basic dXNlcm5hbWU6cGFzc3dvcmQ=", r.Header.Get("Authorization"))
		assert.Equal(t, "1", r.Header.Get("X-Own"))
		assert.Equal(t, "gzip", r.Header.Get("Accept-Encoding"), "the transport's own")
	})
}

func TestTransportLeavesTheRestAlone(t *testing.T) {
	for name, row := range map[string]struct{ method, path string }{
		"a read":               {method: "GET", path: "/services/2/transactions/7"},
		"a capture":            {method: "PUT", path: "/services/2/transactions"},
		"a POST not listed":    {method: "POST", path: "/services/2/payment-fields-tokens"},
		"a refund by another":  {method: "POST", path: "/services/2/transactions/refund/merchant/7"},
		"another API's path":   {method: "POST", path: "/transactions"},
		"the listed, in vain":  {method: "DELETE", path: "/services/2/transactions"},
		"a listed one's child": {method: "POST", path: "/services/2/vendors/7"},
	} {
		t.Run(name, sdktest.BlueSnapTest(sdktest.Script{sdktest.Respond(503, "")}, func(t *testing.T, s *sdktest.BlueSnap) {
			o := ownCode(t, s)
			resp, err := o.send(t.Context(), t, row.method, row.path, payment)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			assert.Equal(t, 503, resp.StatusCode)
			require.Len(t, s.Requests(), 1)
			assert.Empty(t, s.Requests()[0].Key())
		}))
	}
}

type baseOf struct{ seen []*http.Request }

func (b *baseOf) RoundTrip(r *http.Request) (*http.Response, error) {
	b.seen = append(b.seen, r)
	return &http.Response{StatusCode: http.StatusServiceUnavailable, Body: http.NoBody}, nil
}

func sentTo(t *testing.T, proxy, address string) []*http.Request {
	t.Helper()
	var base baseOf
	synctest.Test(t, func(t *testing.T) {
		twice := bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: 2})
		client := &http.Client{Transport: bluesnap.NewTransport(&base, bluesnap.WithBaseURL(proxy), twice)}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(payment))
		require.NoError(t, err)
		if resp, err := client.Do(req); err == nil {
			require.NoError(t, resp.Body.Close())
		}
	})
	return base.seen
}

func TestTransportKnowsItsHostHoweverItIsWritten(t *testing.T) {
	for proxy, addresses := range map[string][]string{
		"https://pay.example": {
			"https://pay.example/services/2/transactions",
			"https://pay.example:443/services/2/transactions",
			"https://PAY.example/services/2/transactions",
			"https://pay.example./services/2/transactions",
			"https://pay.example.:443/services/2/transactions",
			"https://pay.example/services/2/transactions/",
		},
		"https://pay.example:443/a/":  {"https://pay.example/a/services/2/transactions"},
		"https://pay.example.:8443/":  {"https://pay.example:8443/services/2/transactions"},
		"http://localhost:80":         {"http://localhost/services/2/transactions/?a=1"},
		"https://[2001:db8::1]:8443/": {"https://[2001:DB8::1]:8443/services/2/transactions"},
	} {
		for _, address := range addresses {
			t.Run(address, func(t *testing.T) {
				seen := sentTo(t, proxy, address)
				require.Len(t, seen, 2)
				assert.Len(t, seen[0].Header.Get("Idempotency-Key"), 36)
				assert.Equal(t, seen[0].Header.Get("Idempotency-Key"), seen[1].Header.Get("Idempotency-Key"))
			})
		}
	}
}

func TestR20_TransportLeavesOtherHostsAlone(t *testing.T) {
	for name, address := range map[string]string{
		"another host":        "https://evil.example/services/2/transactions",
		"a host below":        "https://a.pay.example/services/2/transactions",
		"another scheme":      "http://pay.example/services/2/transactions",
		"the scheme alone":    "http://pay.example:443/services/2/transactions",
		"another port":        "https://pay.example:8443/services/2/transactions",
		"two slashes":         "https://pay.example/services/2/transactions//",
		"a slash in the path": "https://pay.example/services/2//transactions",
	} {
		t.Run(name, func(t *testing.T) {
			seen := sentTo(t, "https://pay.example", address)
			require.Len(t, seen, 1)
			assert.Equal(t, address, seen[0].URL.String())
			assert.Empty(t, seen[0].Header)
		})
	}
}

// A Host header may write the URL's host in its own way, and must not be
// another.
func TestTransportComparesTheHostHeaderToTheURL(t *testing.T) {
	for host, sent := range map[string]int{"pay.example": 1, "Pay.Example:443": 1, "pay.example:80": 0, "evil.example": 0} {
		var base baseOf
		once := bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: 1})
		transport := bluesnap.NewTransport(&base, bluesnap.WithBaseURL("https://pay.example"), once)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://pay.example./services/2/transactions", nil)
		require.NoError(t, err)
		req.Host = host
		_, err = transport.RoundTrip(req)
		require.Error(t, err)
		assert.Len(t, base.seen, sent, host)
	}
}

func TestTransportsErrorsCarryTheOutcome(t *testing.T) {
	decline := sdktest.RefuseWith(400, "14002", "DO_NOT_HONOR")
	for name, row := range map[string]struct {
		steps   []http.HandlerFunc
		status  int // of the response; 0: an error
		outcome bluesnap.Outcome
	}{
		"declined: a response":                     {steps: sdktest.Script{decline}, status: 400},
		"asked to wait for good: a response":       {steps: sdktest.Script{sdktest.Respond(429, "")}, status: 429},
		"declined after doubt: unknown, no answer": {steps: sdktest.Script{sdktest.Lose, decline}, outcome: bluesnap.OutcomeUnknown},
		"500 for good":                             {steps: sdktest.Script{sdktest.Respond(500, "")}, outcome: bluesnap.OutcomeUnknown},
		"the key is another's": {
			steps: sdktest.Script{sdktest.RefuseWith(422, "60101", "X")}, outcome: bluesnap.OutcomeRejected,
		},
		"a redirect is not followed":   {steps: sdktest.Script{sdktest.Respond(307, "", "Location", "/services/2/orders")}, outcome: bluesnap.OutcomeUnknown},
		"executed, the answer is lost": {steps: sdktest.Script{sdktest.Respond(200, `{"transactionId":7,"`)}, outcome: bluesnap.OutcomeDone},
		"R26_a page, not executed":     {steps: sdktest.Script{sdktest.Respond(200, `{"message":"maintenance"}`)}, outcome: bluesnap.OutcomeUnknown},
	} {
		t.Run(name, sdktest.BlueSnapTest(row.steps, func(t *testing.T, s *sdktest.BlueSnap) {
			o := ownCode(t, s, bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: 4}))
			resp, err := o.post(t, "/services/2/transactions", payment)
			sdktest.OneKey(t, s.Requests())
			if row.status != 0 {
				require.NoError(t, err)
				require.NoError(t, resp.Body.Close())
				assert.Equal(t, row.status, resp.StatusCode)
				return
			}
			require.Error(t, err)
			var e *bluesnap.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, row.outcome, e.Outcome, e.Response.Timeline())
			assert.Equal(t, s.Requests()[0].Key(), e.Key.String())
		}))
	}
}

func TestTransportKeepsTheCallersKey(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, sdktest.Lose, sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		o := ownCode(t, s, bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: 1}))
		const path = "/services/2/transactions"
		_, err := o.post(t, path, payment, "idempotency-key", "order-17")
		var e *bluesnap.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "order-17", e.Key.String())

		time.Sleep(11 * time.Hour)
		_, err = o.send(bluesnap.ContextWithKey(t.Context(), e.Key), t, "POST", path, payment, "idempotency-key", "order-18")
		require.Error(t, err, "the context's key goes before the header's")
		time.Sleep(30 * time.Minute)
		resp, err := o.post(t, path, payment, "idempotency-key", "order-17")
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Len(t, s.Requests(), 3)
		sdktest.OneKey(t, s.Requests())
	})
}

func TestR7_TransportKnowsTheKeysThatItLeftInDoubt(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		o := ownCode(t, s, bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: 1}))
		const path = "/services/2/transactions"
		_, err := o.post(t, path, payment)
		var e *bluesnap.Error
		require.ErrorAs(t, err, &e)
		for range 2 {
			time.Sleep(13 * time.Hour)
			_, err = o.post(t, path, payment, "Idempotency-Key", e.Key.String())
			require.ErrorIs(t, err, bluesnap.ErrKeyExpired)
			assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err))
		}
		assert.Len(t, s.Requests(), 1)
	})
}

func TestR7_TransportForgetsAKeyInTheEnd(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.BlueSnap) {
		o := ownCode(t, s, bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: 1}))
		require.Error(t, o.pay(t, "order-17"))
		for _, after := range []time.Duration{47 * time.Hour, 2 * time.Hour} {
			time.Sleep(after)
			require.NotErrorIs(t, o.pay(t, "other-"+after.String()), bluesnap.ErrKeyExpired)
		}
		require.ErrorIs(t, o.pay(t, "order-17"), bluesnap.ErrKeyExpired)
		for i := range 2 {
			time.Sleep(49 * time.Hour)
			require.NotErrorIs(t, o.pay(t, fmt.Sprint("another-", i)), bluesnap.ErrKeyExpired)
		}
		require.NotErrorIs(t, o.pay(t, "order-17"), bluesnap.ErrKeyExpired)
		assert.Len(t, s.Requests(), 6)
	})
}

// R40: a key in a header is taken for new by the caller's word, but not if it
// was paid under within a day.
func TestR40_TransportTakesNoKeyForNewThatItHasPaidUnder(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		o := ownCode(t, s)
		for _, key := range []string{"order-17", "order-18"} {
			require.NoError(t, o.pay(t, key))
			time.Sleep(13 * time.Hour)
		}
		err := o.pay(t, "order-18")
		require.ErrorIs(t, err, bluesnap.ErrKeyExpired)
		assert.Equal(t, bluesnap.OutcomeUnknown, bluesnap.OutcomeOf(err))
		assert.Len(t, s.Requests(), 2)
		require.NoError(t, o.pay(t, "order-19"), "a new one is new")
	})
}

type body struct {
	io.Reader
	closed atomic.Bool
}

func (b *body) Close() error {
	b.closed.Store(true)
	return nil
}

func TestTransportRefusesWhatItCannotKeep(t *testing.T) {
	broken := errors.New("broken disk")
	for name, row := range map[string]struct {
		body   io.Reader
		change func(*http.Request)
		opts   []bluesnap.Option
	}{
		"key of 65":              {change: func(r *http.Request) { r.Header.Set("Idempotency-Key", strings.Repeat("k", 65)) }},
		"empty key":              {change: func(r *http.Request) { r.Header.Set("Idempotency-Key", "") }},
		"two keys":               {change: func(r *http.Request) { r.Header["Idempotency-Key"] = []string{"a", "b"} }},
		"another host":           {change: func(r *http.Request) { r.Host = "evil.example" }},
		"a query of no meaning":  {change: func(r *http.Request) { r.URL.RawQuery = "a=%zz" }},
		"a body that fails":      {body: io.MultiReader(strings.NewReader("{"), failing{broken})},
		"a body beyond limits":   {body: strings.NewReader(strings.Repeat("x", 10<<20+1))},
		"an option of a client":  {opts: []bluesnap.Option{bluesnap.WithUserAgent("shop/1.0")}},
		"a merchant id":          {opts: []bluesnap.Option{bluesnap.WithMerchantID("1")}},
		"a journal":              {opts: []bluesnap.Option{withJournal()}},
		"an HTTP client":         {opts: []bluesnap.Option{bluesnap.WithHTTPClient(&http.Client{Transport: http.DefaultTransport})}},
		"a base URL in plain":    {opts: []bluesnap.Option{bluesnap.WithBaseURL("http://example.com")}},
		"a window of 13 hours":   {opts: []bluesnap.Option{bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{KeyTTL: 13 * time.Hour})}},
		"an option that is none": {opts: []bluesnap.Option{nil, bluesnap.WithAPIVersion("x")}},
	} {
		t.Run(name, sdktest.BlueSnapTest(sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
			if row.body == nil {
				row.body = strings.NewReader(payment)
			}
			b := &body{Reader: row.body}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"/services/2/transactions", b)
			require.NoError(t, err)
			if row.change != nil {
				row.change(req)
			}
			_, err = ownCode(t, s, row.opts...).Transport.RoundTrip(req)
			var e *bluesnap.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, bluesnap.OutcomeNotSent, e.Outcome)
			assert.True(t, b.closed.Load(), "a transport closes the body, also with an error")
			assert.NotContains(t, err.Error(), "broken disk")
			assert.Empty(t, s.Requests())
		}))
	}
}

type failing struct{ error }

func (f failing) Read([]byte) (int, error) { return 0, f.error }

func TestTransportAnswersInXMLToThoseWhoAskForIt(t *testing.T) {
	const answer = `<card-transaction xmlns="http://ws.plimus.com"><transaction-id>7</transaction-id></card-transaction>`
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, sdktest.Respond(200, answer, "Content-Type", "application/xml")}, func(t *testing.T, s *sdktest.BlueSnap) {
		o := ownCode(t, s)
		resp, err := o.post(t, "/services/2/transactions", "<card-transaction/>", "Content-Type", "application/xml")
		require.NoError(t, err)
		got, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, answer, string(got))
		sdktest.OneKey(t, s.Requests())
	})
}

type authorizing struct{ base http.RoundTripper }

func (a authorizing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Basic YTpi")
	return a.base.RoundTrip(r)
}

func TestTransportOnTopOfAnother(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Lose, sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		base := s.Transport()
		defer base.CloseIdleConnections()
		client := &http.Client{Transport: bluesnap.NewTransport(authorizing{base}, bluesnap.WithBaseURL(s.URL()+"/"))}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"/services/2/transactions", strings.NewReader(payment))
		require.NoError(t, err)
		resp, err := client.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		sdktest.OneKey(t, s.Requests())
		assert.Equal(t, "Basic YTpi", s.Requests()[1].Header.Get("Authorization"))
	})
}

func TestTransportOverNothingIsOverTheDefault(t *testing.T) {
	for _, base := range []http.RoundTripper{nil, (*http.Transport)(nil)} {
		own := http.Client{Transport: bluesnap.NewTransport(base)}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, url := range []string{"https://example.invalid/", bluesnap.SandboxURL + "/services/2/transactions"} {
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(payment))
			require.NoError(t, err)
			_, err = own.Do(req)
			assert.ErrorIs(t, err, context.Canceled)
		}
	}
}

func TestTransportLooksAfterBothHosts(t *testing.T) {
	for _, address := range []string{bluesnap.ProductionURL, bluesnap.SandboxURL} {
		base := sdktest.RoundTripper(func(r *http.Request) (*http.Response, error) {
			assert.NotEmpty(t, r.Header.Get("Idempotency-Key"), address)
			return &http.Response{StatusCode: http.StatusServiceUnavailable, Body: http.NoBody}, nil
		})
		once := bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: 1})
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/services/2/transactions", strings.NewReader(payment))
		require.NoError(t, err)
		resp, err := bluesnap.NewTransport(base, once).RoundTrip(req)
		if err == nil {
			require.NoError(t, resp.Body.Close())
		}
	}
}

func TestTransportRefusesOptionsThatAreNotItsOwn(t *testing.T) {
	for name, opt := range map[string]bluesnap.Option{
		"a secret": bluesnap.WithJournalSecret([]byte("32 random bytes from this year..")), "unique ids": bluesnap.WithUniqueTransactionIDs(),
	} {
		sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
			resp, err := ownCode(t, s, opt).post(t, "/services/2/transactions", payment)
			if err == nil {
				_ = resp.Body.Close()
			}
			assert.Error(t, err, name)
			assert.Empty(t, s.Requests())
		})
	}
}

func TestTransportMakesAnewWhatBelongsToAConnection(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		o := ownCode(t, s)
		resp, err := o.post(t, "/services/2/transactions", payment,
			"Te", "trailers", "Expect", "100-continue", "Keep-Alive", "1", "Transfer-Encoding", "x", "Trailer", "x")
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
	})
}

func TestTransportsErrorsShowTheVendorsWordsOnRequest(t *testing.T) {
	reused := sdktest.RefuseWith(422, "60101", "X")
	for verbose, opts := range map[bool][]bluesnap.Option{false: nil, true: {bluesnap.WithVerboseErrors()}} {
		sdktest.WithBlueSnap(t, sdktest.Script{reused}, func(t *testing.T, s *sdktest.BlueSnap) {
			_, err := ownCode(t, s, opts...).post(t, "/services/2/transactions", payment)
			require.Error(t, err)
			assert.Equal(t, verbose, strings.Contains(err.Error(), `"card [redacted] no"`), err.Error())
		})
	}
}
