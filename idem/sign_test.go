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
