package idem_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// spy is a journal that shows what it was given.
type spy struct {
	*journal.Memory
	mu   sync.Mutex
	seen strings.Builder
}

func (s *spy) Save(ctx context.Context, r journal.Record) (bool, error) {
	text, err := json.Marshal(r) //nolint:musttag // to look through
	s.mu.Lock()
	s.seen.Write(append(text, r.Sealed...))
	s.mu.Unlock()
	if err != nil {
		return false, err
	}
	return s.Memory.Save(ctx, r)
}

// durable gives a shop a journal.
func (s *shop) durable(j journal.Journal, settings ...func(*idem.Config)) {
	s.t.Helper()
	s.use(shopProfile(), findShop, append([]func(*idem.Config){once, func(c *idem.Config) {
		c.Journal, c.BaseURL, c.Account = j, s.url(), "acme"
	}}, settings...)...)
}

func (s *shop) chargeOfOrder(header ...string) *http.Request {
	s.t.Helper()
	return s.charge(header...).WithContext(idem.ContextWithRef(s.t.Context(), "order-17"))
}

// An SDK mints a key for each of its calls: with a ref that key is left out.
func TestTransportDoesARefOnceAcrossProcesses(t *testing.T) {
	for name, profile := range map[string]func(*idem.Profile){
		"key in the header": func(*idem.Profile) {},
		"key in the body":   func(p *idem.Profile) { p.KeyHeader, p.KeyField = "", "key" },
	} {
		t.Run(name, shopTest(script{loses, charged}, func(t *testing.T, s *shop) {
			j := journal.NewMemory()
			process := func() { s.durable(j, func(c *idem.Config) { profile(&c.Profile) }) }
			own := func(sdk string) *http.Request {
				body := `{"amount":"11.00"}`
				req := s.chargeOfOrder("Idempotency-Key", sdk)
				if name == "key in the body" {
					body = `{"key":"` + sdk + `","amount":"11.00"}`
					req.Header.Del("Idempotency-Key")
				}
				fresh := s.request(http.MethodPost, "/charges", strings.NewReader(body))
				fresh.Header = req.Header
				return fresh.WithContext(req.Context())
			}
			process()
			_, _, err := s.send(own("sdk-1"))
			require.Equal(t, idem.OutcomeUnknown, idem.OutcomeOf(err))
			assert.True(t, idem.CanRepeat(err))
			process()
			resp, body, err := s.send(own("sdk-2"))
			require.NoError(t, err)
			assert.Equal(t, 201, resp.StatusCode)
			process()
			again, recorded, err := s.send(own("sdk-3"))
			require.NoError(t, err)
			assert.Equal(t, 201, again.StatusCode)
			assert.Equal(t, "201 Created", again.Status)
			assert.Equal(t, "HTTP/1.1", again.Proto)
			assert.Equal(t, body, recorded)
			assert.EqualValues(t, len(body), again.ContentLength)
			all := s.received()
			require.Len(t, all, 2, "the third is the journal's")
			assert.Equal(t, all[0].key(), all[1].key())
			assert.Equal(t, all[0].body, all[1].body)
			for _, r := range all {
				assert.NotContains(t, r.key()+r.body, "sdk-")
			}
		}))
	}
}

func TestTransportRefusesARefThatItCannotKeep(t *testing.T) {
	inShop(t, script{loses, charged}, func(t *testing.T, s *shop) {
		_, _, err := s.send(s.chargeOfOrder())
		require.ErrorContains(t, err, "ref needs a journal")
		s.durable(journal.NewMemory())
		_, _, err = s.send(s.chargeOfOrder())
		require.Equal(t, idem.OutcomeUnknown, idem.OutcomeOf(err))
		both := idem.ContextWithKey(idem.ContextWithRef(t.Context(), "order-18"), idem.NewKey())
		_, _, err = s.send(s.charge().WithContext(both))
		require.ErrorAs(t, err, new(*idem.InvalidError))
		other := s.request(http.MethodPost, "/charges", strings.NewReader(`{"amount":"12.00"}`))
		_, _, err = s.send(other.WithContext(idem.ContextWithRef(t.Context(), "order-17")))
		require.ErrorIs(t, err, idem.ErrRefReused)
		assert.False(t, idem.CanRepeat(err))
		assert.Len(t, s.received(), 1)
	})
}

// A call of an SDK may read before it writes.
func TestTransportsReadsTakeNoNoticeOfRefAndKey(t *testing.T) {
	inShop(t, script{says(200, "{}")}, func(t *testing.T, s *shop) {
		s.durable(journal.NewMemory())
		ctx := idem.ContextWithKey(idem.ContextWithRef(t.Context(), "order-17"), idem.NewKey())
		_, _, err := s.send(s.request(http.MethodGet, "/charges", nil).WithContext(ctx))
		require.NoError(t, err)
		assert.Empty(t, s.received()[0].key())
	})
}

var secrets = []string{"sk_live_1", "api-2", "session=3", "token-4", "signed-5"}

func secretHeaders() []string {
	return []string{
		"Authorization", "Bearer sk_live_1", "Api-Key", "api-2", "Cookie", "session=3",
		"X-Shop_Access-Token", "token-4", "X-Signature", "signed-5", "Shop-Account", "acct_6",
	}
}

func TestTransportKeepsCredentialsOutOfTheJournal(t *testing.T) {
	inShop(t, script{loses, charged}, func(t *testing.T, s *shop) {
		j := &spy{Memory: journal.NewMemory()}
		s.durable(j, func(c *idem.Config) { c.Policy.MaxAttempts = 2 })
		_, _, err := s.send(s.chargeOfOrder(secretHeaders()...))
		require.NoError(t, err)
		require.Len(t, s.received(), 2)
		for _, r := range s.received() {
			for i := 0; i < len(secretHeaders()); i += 2 {
				assert.Equal(t, secretHeaders()[i+1], r.Header.Get(secretHeaders()[i]), "each attempt has them")
			}
		}
		assert.Contains(t, j.seen.String(), "acct_6", "what is no credential is recorded")
		for _, secret := range secrets {
			assert.NotContains(t, j.seen.String(), secret)
		}
	})
}

func recoverShop(ctx context.Context, e *idem.Engine) (all []idem.RecoveryResult) {
	known := map[string]idem.Operation{}
	for _, request := range []string{"POST /charges", "PUT /charges"} {
		method, path, _ := strings.Cut(request, " ")
		r, _ := http.NewRequestWithContext(ctx, method, "http://shop"+path, nil)
		op, _ := findShop(r)
		known[op.Name] = op
	}
	for r, err := range e.Recover(ctx, idem.Recovery{Operation: func(name string) (idem.Operation, bool) {
		op, ok := known[name]
		return op, ok
	}}) {
		if err == nil {
			all = append(all, r)
		}
	}
	return all
}

// Recovery sends what the journal has, with credentials of Config.Authorize.
func TestTransportsJournalRecoversWithTheSettingsCredentials(t *testing.T) {
	for name, authorize := range map[string]func(context.Context, http.Header) error{
		"none": nil,
		"some": func(_ context.Context, h http.Header) error { h.Set("Authorization", "Bearer fresh"); return nil },
	} {
		t.Run(name, shopTest(script{loses, charged}, func(t *testing.T, s *shop) {
			s.durable(journal.NewMemory(), func(c *idem.Config) { c.Authorize = authorize })
			_, _, err := s.send(s.chargeOfOrder(secretHeaders()...))
			require.Equal(t, idem.OutcomeUnknown, idem.OutcomeOf(err))
			assert.Equal(t, "Bearer sk_live_1", s.received()[0].Header.Get("Authorization"), "the request's own")
			time.Sleep(time.Hour)
			found := recoverShop(t.Context(), s.transport.Engine())
			require.Len(t, found, 1)
			assert.Equal(t, idem.OutcomeDone, found[0].Result.Outcome)
			require.Len(t, s.received(), 2)
			first, second := s.received()[0], s.received()[1]
			assert.Equal(t, first.key(), second.key())
			assert.Equal(t, first.body, second.body)
			assert.Equal(t, "acct_6", second.Header.Get("Shop-Account"))
			want := map[string]string{"some": "Bearer fresh"}[name]
			assert.Equal(t, want, second.Header.Get("Authorization"))
			assert.Empty(t, second.Header.Get("Api-Key"))
		}))
	}
}

func TestTransportAsksForCredentialsWhereARequestHasNone(t *testing.T) {
	fresh := func(c *idem.Config) {
		c.Authorize = func(_ context.Context, h http.Header) error {
			h.Set("Authorization", "Bearer fresh")
			return nil
		}
	}
	for name, row := range map[string]struct {
		header []string
		want   string
	}{
		"none":        {want: "Bearer fresh"},
		"cookies":     {header: []string{"Cookie", "a=b"}, want: "Bearer fresh"},
		"no secret":   {header: []string{"Shop-Account", "acct_6"}, want: "Bearer fresh"},
		"its own":     {header: []string{"Authorization", "Bearer own"}, want: "Bearer own"},
		"an API key":  {header: []string{"Api-Key", "k"}},
		"and cookies": {header: []string{"Api-Key", "k", "Cookie", "a=b"}},
	} {
		inShop(t, script{charged}, func(t *testing.T, s *shop) {
			_, _, err := s.send(s.charge(row.header...))
			require.NoError(t, err)
			got := s.received()[0].Header
			assert.Equal(t, row.want, got.Get("Authorization"), name)
			for i := 0; i < len(row.header); i += 2 {
				assert.Equal(t, row.header[i+1], got.Get(row.header[i]), name)
			}
		}, fresh)
	}
}
