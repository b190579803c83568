package idem

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// signature is one over everything that a server sees of a request.
func signature(method, target, key, auth, body string) string {
	sum := sha256.Sum256([]byte(method + "\n" + target + "\n" + key + "\n" + auth + "\n" + body))
	return hex.EncodeToString(sum[:])
}

func signing(_ context.Context, r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	r.Header.Set("Signature", signature(
		r.Method, r.URL.RequestURI(), r.Header.Get("Idempotency-Key"), r.Header.Get("Authorization"), string(body)))
	return nil
}

func TestSign_EachAttemptIsSignedAsItIsSent(t *testing.T) {
	var rec recorder
	inWorld(t, rec.then(script(lose, says(503, ""), says(200, `{"id":"x"}`))), func(t *testing.T, w *world) {
		c := post(Keyed)
		c.Request.Query = url.Values{"q": {"1 2"}}
		require.NoError(t, w.do(c).Err)
		require.NoError(t, w.do(read()).Err)
		require.Len(t, rec.seen, 4)
		for _, s := range rec.seen {
			assert.Equal(t, signature(s.method, s.url, s.header.Get("Idempotency-Key"), "Bearer k", s.body),
				s.header.Get("Signature"))
		}
	}, func(c *Config) {
		c.Authorize = func(_ context.Context, h http.Header) error {
			h.Set("Authorization", "Bearer k")
			return nil
		}
		c.Sign = signing
	})
}

func TestSign_TheKeyInTheBodyIsSigned(t *testing.T) {
	var rec recorder
	inWorld(t, rec.then(says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
		r := w.do(post(Keyed))
		require.NoError(t, r.Err)
		assert.Contains(t, rec.seen[0].body, r.Key.String())
		assert.Equal(t, signature("POST", "/op", "", "", rec.seen[0].body), rec.seen[0].header.Get("Signature"))
	}, withProfile(inBody), func(c *Config) { c.Sign = signing })
}

func TestSign_OnlyHeadersCanBeChanged(t *testing.T) {
	var rec recorder
	inWorld(t, rec.then(says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
		require.NoError(t, w.do(post(Keyed)).Err)
		assert.Equal(t, "/op", rec.seen[0].url)
		assert.Equal(t, "POST", rec.seen[0].method)
		assert.Equal(t, `{"a":1}`, rec.seen[0].body)
		assert.Equal(t, "s", rec.seen[0].header.Get("Signature"))
	}, func(c *Config) {
		c.Sign = func(_ context.Context, r *http.Request) error {
			r.Method, r.URL.Path, r.Body = "PUT", "/other", http.NoBody
			r.Header = r.Header.Clone()
			r.Header.Set("Signature", "s")
			return nil
		}
	})
}

func TestSign_WithoutASignatureNothingIsSent(t *testing.T) {
	broken := errors.New("no signing key")
	for name, row := range map[string]struct {
		sign signer
		is   error
	}{
		"an error": {func(context.Context, *http.Request) error { return broken }, broken},
		"it hangs": {func(ctx context.Context, _ *http.Request) error {
			<-ctx.Done()
			time.Sleep(time.Minute)
			return nil
		}, context.DeadlineExceeded},
	} {
		t.Run(name, worldTest(says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
			r := w.do(post(Keyed))
			assert.Equal(t, OutcomeNotSent, r.Outcome)
			require.ErrorIs(t, r.Err, row.is)
			assert.Zero(t, w.hits.Load())
			time.Sleep(time.Hour) // until the abandoned ones have returned
		}, func(c *Config) { c.Sign = row.sign }))
	}
}

func TestR35_AFaultOfTheSignerDoesNotEndACallInDoubt(t *testing.T) {
	calls := 0
	inWorld(t, script(lose, says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
		require.NoError(t, w.do(post(Keyed)).Err)
		assert.Equal(t, 3, calls)
	}, func(c *Config) {
		c.Sign = func(context.Context, *http.Request) error {
			calls++
			if calls == 2 {
				return errors.New("away for a moment")
			}
			return nil
		}
	})
}

func TestR3_AHookDoesNotChangeTheKey(t *testing.T) {
	for name, change := range map[string]func(http.Header){
		"R3 it is gone":       func(h http.Header) { h.Del("Idempotency-Key") },
		"R3 another one":      func(h http.Header) { h.Set("Idempotency-Key", "other") },
		"R3 a second one":     func(h http.Header) { h.Add("Idempotency-Key", "other") },
		"R29 one in disguise": func(h http.Header) { h["idempotency_key"] = []string{"other"} },
		"R3 all are gone":     func(h http.Header) { clear(h) },
	} {
		for hook, set := range map[string]func(*Config){
			"Sign": func(c *Config) {
				c.Sign = func(_ context.Context, r *http.Request) error { change(r.Header); return nil }
			},
			"Authorize": func(c *Config) {
				c.Authorize = func(_ context.Context, h http.Header) error { change(h); return nil }
			},
		} {
			t.Run(name+", by "+hook, worldTest(says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
				r := w.do(post(Keyed))
				assert.Equal(t, OutcomeNotSent, r.Outcome)
				require.ErrorContains(t, r.Err, "changed the idempotency key")
				assert.Zero(t, w.hits.Load())
			}, set))
		}
	}
}

func TestSign_ASignerMayTakeTheHeadersAway(t *testing.T) {
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		c := post(Idempotent)
		c.Request.Body = nil
		assert.NoError(t, w.do(c).Err)
		assert.Equal(t, OutcomeNotSent, w.do(post(Keyed)).Outcome)
	}, func(c *Config) {
		c.Sign = func(_ context.Context, r *http.Request) error {
			r.Header = nil
			return nil
		}
	})
}

func TestSign_WhatASignerKeepsIsNotSent(t *testing.T) {
	var kept []http.Header
	inWorld(t, script(lose, says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
		require.NoError(t, w.do(post(Keyed)).Err)
	}, func(c *Config) {
		c.Sign = func(_ context.Context, r *http.Request) error {
			kept = append(kept, r.Header)
			return nil
		}
		base := c.Transport
		c.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			for _, h := range kept {
				h.Set("Idempotency-Key", "other")
			}
			assert.NotEqual(t, "other", r.Header.Get("Idempotency-Key"))
			return base.RoundTrip(r)
		})
	})
}
