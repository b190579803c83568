package idem_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

func TestNewTransportRefusesBadSettings(t *testing.T) {
	for name, set := range map[string]func(*idem.Config){
		"a journal without a base URL": func(c *idem.Config) { c.Journal = journal.NewMemory() },
		"a plain base URL":             func(c *idem.Config) { c.BaseURL = "http://shop.example" },
		"a policy, without a base URL": func(c *idem.Config) { c.Policy.MaxAttempts = -1 },
		"a policy, with one":           func(c *idem.Config) { c.Policy.MaxAttempts, c.BaseURL = -1, "https://shop.example" },
		"a nil pointer":                func(c *idem.Config) { c.Transport = (*http.Transport)(nil) },
		"the profile":                  func(c *idem.Config) { c.Profile.KeyTTL = 0 },
	} {
		transport, err := idem.NewTransport(shopProfile(), findShop, set)
		require.ErrorAs(t, err, new(*idem.InvalidError), name)
		assert.Nil(t, transport, name)
	}
	transport, err := idem.NewTransport(shopProfile(), nil)
	require.ErrorAs(t, err, new(*idem.InvalidError))
	assert.Nil(t, transport)
}

func TestTransportOverNothingIsOverTheDefault(t *testing.T) {
	transport, err := idem.NewTransport(shopProfile(), findShop)
	require.NoError(t, err)
	assert.Nil(t, transport.Engine(), "without a base URL")
	for _, path := range []string{"/webhooks", "/charges"} {
		req, err := http.NewRequestWithContext(gone(t), http.MethodPost, "https://shop.invalid"+path, strings.NewReader(charge))
		require.NoError(t, err)
		_, err = transport.RoundTrip(req)
		assert.Error(t, err)
	}
}

// atOrigins sends charges over a base that notes where they go.
type atOrigins struct {
	t         *testing.T
	transport *idem.Transport
	sent      []*http.Request
	status    int
}

func newAtOrigins(t *testing.T, settings ...func(*idem.Config)) *atOrigins {
	t.Helper()
	a := &atOrigins{t: t, status: 503}
	base := roundTripper(func(r *http.Request) (*http.Response, error) {
		a.sent = append(a.sent, r)
		return reply(r, a.status, "{}")
	})
	settings = append([]func(*idem.Config){once, func(c *idem.Config) { c.Transport = base }}, settings...)
	var err error
	a.transport, err = idem.NewTransport(shopProfile(), func(r *http.Request) (idem.Operation, bool) {
		return idem.Operation{Name: "CreateCharge", Class: idem.Keyed, Success: []int{200}}, r.Method == http.MethodPost
	}, settings...)
	require.NoError(t, err)
	return a
}

func (a *atOrigins) post(address, key string) error {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, address, strings.NewReader(charge))
	require.NoError(a.t, err)
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := a.transport.RoundTrip(req)
	if err == nil {
		require.NoError(a.t, resp.Body.Close())
	}
	return err
}

func TestTransportHasAnEngineForEachOrigin(t *testing.T) {
	a := newAtOrigins(t)
	for address, host := range map[string]string{
		"https://one.example/charges?b=2&a=1": "one.example",
		"https://THREE.example.:443/charges":  "three.example",
		"https://two.example:8443":            "two.example:8443",
		"http://localhost/charges":            "localhost",
		"http://[::1]:80/charges":             "[::1]",
	} {
		a.sent = nil
		require.Error(t, a.post(address, ""))
		require.Len(t, a.sent, 1, address)
		assert.Equal(t, host, a.sent[0].URL.Host)
		assert.NotEmpty(t, a.sent[0].Header.Get("Idempotency-Key"))
	}
}

func TestTransportKeepsTheKeysOfOriginsApart(t *testing.T) {
	a := newAtOrigins(t)
	require.Error(t, a.post("https://one.example/charges", "order-17"))
	err := a.post("https://two.example/refunds", "order-17")
	require.NotErrorIs(t, err, idem.ErrKeyReused, "another server's")
	require.Len(t, a.sent, 2)
	require.ErrorIs(t, a.post("https://ONE.example/refunds", "order-17"), idem.ErrKeyReused, "the same server's")
	assert.Len(t, a.sent, 2)
}

func TestR20_TransportSendsNothingInTheClear(t *testing.T) {
	a := newAtOrigins(t)
	err := a.post("http://one.example/charges", "")
	require.ErrorAs(t, err, new(*idem.InvalidError))
	assert.Equal(t, idem.OutcomeNotSent, idem.OutcomeOf(err))
	assert.Empty(t, a.sent)
}

func TestR20_ABaseURLBoundsTheTransport(t *testing.T) {
	a := newAtOrigins(t, func(c *idem.Config) { c.BaseURL = "https://one.example/v1/" })
	require.NotNil(t, a.transport.Engine())
	for address, keyed := range map[string]bool{
		"https://one.example/v1/charges":      true,
		"https://one.example:443/v1/charges":  true,
		"https://one.example/v1":              true,
		"https://one.example/v10/charges":     false,
		"https://one.example/charges":         false,
		"https://two.example/v1/charges":      false,
		"https://one.example:8443/v1/charges": false,
		"http://one.example/v1/charges":       false,
	} {
		a.sent = nil
		_ = a.post(address, "")
		require.Len(t, a.sent, 1, address)
		assert.Equal(t, keyed, a.sent[0].Header.Get("Idempotency-Key") != "", address)
	}
}

func TestTransportTakesItsPolicyFromTheSettings(t *testing.T) {
	inShop(t, script{says(503, "")}, func(t *testing.T, s *shop) {
		begun := time.Now()
		_, _, err := s.send(s.charge())
		require.Error(t, err)
		assert.Len(t, s.received(), 3)
		assert.Less(t, time.Since(begun), time.Second)
	}, func(c *idem.Config) {
		c.Policy = idem.Policy{MaxAttempts: 3, BaseDelay: time.Millisecond, MaxDelay: time.Millisecond}
	})
}
