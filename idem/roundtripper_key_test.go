package idem_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

func gone(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func TestTransportKeepsTheRequestsOwnKey(t *testing.T) {
	for name, spelling := range map[string]string{"canonical": "Idempotency-Key", "in small letters": "idempotency-key"} {
		t.Run(name, shopTest(script{loses, charged}, func(t *testing.T, s *shop) {
			req := s.charge()
			req.Header[spelling] = []string{"order-17"}
			_, _, err := s.send(req)
			require.NoError(t, err)
			require.Len(t, s.received(), 2)
			for _, r := range s.received() {
				assert.Equal(t, []string{"order-17"}, r.Header.Values("Idempotency-Key"))
			}
		}))
	}
}

func TestTransportResumesUnderTheContextsKey(t *testing.T) {
	inShop(t, script{loses, loses, charged}, func(t *testing.T, s *shop) {
		_, _, err := s.send(s.charge())
		for _, again := range []*http.Request{s.charge(), s.charge("Idempotency-Key", "the SDK's for this call")} {
			require.Equal(t, idem.OutcomeUnknown, idem.OutcomeOf(err))
			_, _, err = s.send(again.WithContext(idem.ContextWithKey(t.Context(), idem.KeyOf(err))))
		}
		require.NoError(t, err)
		all := s.received()
		require.Len(t, all, 3)
		assert.Equal(t, all[0].key(), all[2].key())
		assert.Equal(t, all[0].key(), all[1].key())
	}, once)
}

// R7: an own key is new by the caller's word, but not if it is in doubt here.
func TestR7_TransportKnowsTheOwnKeysThatItLeftInDoubt(t *testing.T) {
	inShop(t, script{loses, loses, loses, charged}, func(t *testing.T, s *shop) {
		for _, key := range []string{"order-17", "order-18", "order-19"} {
			_, _, err := s.send(s.charge("Idempotency-Key", key))
			require.NotErrorIs(t, err, idem.ErrKeyExpired)
			time.Sleep(31 * time.Hour) // longer than the engine remembers
		}
		_, _, err := s.send(s.charge("Idempotency-Key", "order-17"))
		require.ErrorIs(t, err, idem.ErrKeyExpired)
		assert.Equal(t, idem.OutcomeUnknown, idem.OutcomeOf(err))
		assert.Len(t, s.received(), 3)
		_, _, err = s.send(s.charge("Idempotency-Key", "order-20"))
		require.NoError(t, err)
	}, once)
}

// R29: a request that is refused ends as its key was.
func TestR29_TransportRefusesTwoKeys(t *testing.T) {
	inShop(t, script{loses, charged}, func(t *testing.T, s *shop) {
		_, _, err := s.send(s.charge())
		key := idem.KeyOf(err)
		req := s.charge()
		req.Header["Idempotency-Key"] = []string{"a", "b"}
		_, _, err = s.send(req)
		require.ErrorAs(t, err, new(*idem.InvalidError))
		assert.Equal(t, idem.OutcomeNotSent, idem.OutcomeOf(err))
		_, _, err = s.send(req.WithContext(idem.ContextWithKey(t.Context(), key)))
		require.ErrorAs(t, err, new(*idem.InvalidError))
		assert.Equal(t, idem.OutcomeUnknown, idem.OutcomeOf(err), "the key's")
		assert.Equal(t, key, idem.KeyOf(err))
		assert.Len(t, s.received(), 1)
	}, once)
}

func TestTransportSendsAKeyWhereTheClassDoes(t *testing.T) {
	for method, want := range map[string]bool{
		http.MethodPost + " /lookups": true, http.MethodPut + " /charges": false, http.MethodPatch + " /charges": false,
		http.MethodGet + " /charges": false, http.MethodDelete + " /charges": false,
	} {
		inShop(t, script{says(200, "{}")}, func(t *testing.T, s *shop) {
			verb, path, _ := strings.Cut(method, " ")
			req := s.request(verb, path, strings.NewReader(charge), "Idempotency-Key", "order-17")
			_, _, _ = s.send(req)
			require.NotEmpty(t, s.received(), method)
			assert.Equal(t, want, s.received()[0].key() == "order-17", method)
			assert.Equal(t, want, s.received()[0].key() != "", method)
		}, once)
	}
}

func TestTransportReadsAKeyInQuotes(t *testing.T) {
	quoted := shopProfile()
	quoted.QuoteKey = true
	for given, want := range map[string]struct{ key, sent string }{
		`"order-17"`:       {key: "order-17", sent: `"order-17"`},
		"\t\"order-17\"":   {key: "order-17", sent: `"order-17"`},
		`"a\"b\\c"`:        {key: `a"b\c`, sent: `"a\"b\\c"`},
		`order-17`:         {},
		`"order-17`:        {},
		`order-17"`:        {},
		`"`:                {},
		`""`:               {},
		`"a"b"`:            {},
		`"a\b"`:            {},
		`"a\"`:             {},
		`"order-17";a=1`:   {},
		"\"order\x80-17\"": {},
	} {
		inShop(t, script{loses, charged}, func(t *testing.T, s *shop) {
			s.use(quoted, findShop, once)
			req := s.charge("Idempotency-Key", given)
			_, _, err := s.send(req)
			if want.key == "" {
				require.ErrorAs(t, err, new(*idem.InvalidError), given)
				reads := given == `""` || strings.Contains(given, "\x80") // but no key
				assert.Equal(t, !reads, strings.Contains(err.Error(), "double quotes"), given)
				assert.Empty(t, s.received(), given)
				return
			}
			require.Equal(t, idem.OutcomeUnknown, idem.OutcomeOf(err))
			assert.Equal(t, want.key, idem.KeyOf(err).String())
			_, _, err = s.send(s.charge("Idempotency-Key", given).WithContext(idem.ContextWithKey(t.Context(), idem.KeyOf(err))))
			require.NoError(t, err)
			for _, r := range s.received() {
				assert.Equal(t, want.sent, r.key())
			}
		})
	}
}

// The engine puts the key at the body's beginning; all other bytes stay.
func TestTransportReadsAKeyInTheBody(t *testing.T) {
	inBody := shopProfile()
	inBody.KeyHeader, inBody.KeyField = "", "key"
	for given, want := range map[string]string{
		`{"key":"order-17"}`:                                      `{"key":"order-17"}`,
		`{"key":"order-17","amount":1.00}`:                        `{"key":"order-17","amount":1.00}`,
		`{ "key" : "order-17" , "amount": 1.00}`:                  `{"key":"order-17", "amount": 1.00}`,
		`{"amount":1.00 , "key":"order-17"}`:                      `{"key":"order-17","amount":1.00}`,
		`{"a":{"key":1},"k\u0065y":"order\u002d17","b":[ ]}`:      `{"key":"order-17","a":{"key":1},"b":[ ]}`,
		" {\"a\":\"\\u00e9\",\n\"key\":\"order-17\",\n\"b\":1}\n": "{\"key\":\"order-17\",\"a\":\"\\u00e9\",\n\"b\":1}\n",
		`{"key":"order-17","key":"order-18"}`:                     "",
		`{"key":17}`:                                              "",
		`{"key":""}`:                                              "",
		`{"key":{"a":"b"}}`:                                       "",
		`["key"]`:                                                 "",
		`{"key":"order-17"`:                                       "",
		`{"key":"order-17"}x`:                                     "",
		``:                                                        "",
	} {
		inShop(t, script{loses, charged}, func(t *testing.T, s *shop) {
			s.use(inBody, findShop)
			_, _, err := s.send(s.request(http.MethodPost, "/charges", strings.NewReader(given)))
			if want == "" {
				require.ErrorAs(t, err, new(*idem.InvalidError), given)
				assert.Equal(t, strings.Count(given, `"key":"`) > 1, strings.Contains(err.Error(), "more than once"))
				assert.Empty(t, s.received(), given)
				return
			}
			require.NoError(t, err)
			require.Len(t, s.received(), 2)
			for _, r := range s.received() {
				assert.Equal(t, want, r.body)
				assert.EqualValues(t, len(want), r.ContentLength)
			}
		})
	}
	for _, given := range []string{`{"amount":1}`, `{"key":null,"amount":1}`} {
		inShop(t, script{loses, charged}, func(t *testing.T, s *shop) {
			s.use(inBody, findShop)
			_, _, err := s.send(s.request(http.MethodPost, "/charges", strings.NewReader(given)))
			require.NoError(t, err)
			assert.Regexp(t, `^\{"key":"[0-9a-f-]{36}","amount":1\}$`, s.received()[0].body, "a new one")
			assert.Equal(t, s.received()[0].body, s.received()[1].body)
		})
	}
}

// A body is not touched where the class sends no key.
func TestTransportLeavesTheBodyOfAnOperationWithoutAKey(t *testing.T) {
	inBody := shopProfile()
	inBody.KeyHeader, inBody.KeyField = "", "key"
	inShop(t, script{says(200, "{}")}, func(t *testing.T, s *shop) {
		s.use(inBody, findShop)
		_, _, err := s.send(s.request(http.MethodPut, "/charges", strings.NewReader(`{"key":"order-17"}`)))
		require.NoError(t, err)
		assert.Equal(t, `{"key":"order-17"}`, s.received()[0].body) //nolint:testifylint // byte for byte
	})
}
