package idem

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// silent does not answer in the time of any call.
func silent(http.ResponseWriter, *http.Request) { time.Sleep(30 * time.Minute) }

func TestPolicy_ACallsFieldsGoBeforeTheEngines(t *testing.T) {
	inWorld(t, says(503, ""), func(t *testing.T, w *world) {
		for name, row := range map[string]struct {
			policy   Policy
			attempts int
		}{
			"none":         {policy: Policy{}, attempts: 2},
			"MaxAttempts":  {policy: Policy{MaxAttempts: 3}, attempts: 3},
			"another's":    {policy: Policy{BaseDelay: time.Millisecond}, attempts: 2},
			"NoRetryOn500": {policy: Policy{NoRetryOn500: true}, attempts: 2},
		} {
			c := post(Keyed)
			c.Policy = row.policy
			assert.Len(t, w.do(c).Attempts, row.attempts, name)
		}
	}, func(c *Config) { c.Policy.MaxAttempts = 2 })
}

// A server that forgets the keys of its 500s gets nothing again, whatever the
// policies allow.
func TestPolicy_AProfileThatForgetsFailedEndsCallsAtA500(t *testing.T) {
	inWorld(t, says(500, errorObject), func(t *testing.T, w *world) {
		for name, policy := range map[string]Policy{"none": {}, "a call's own": {MaxAttempts: 3}} {
			c := post(Keyed)
			c.Policy = policy
			r := w.do(c)
			assert.Equal(t, OutcomeUnknown, r.Outcome, name)
			assert.Len(t, r.Attempts, 1, name)
			assert.Zero(t, r.SafeUntil, name)
		}
	}, func(c *Config) { c.Profile.ForgetsFailed = true })
	for status, row := range map[int]struct {
		body     string
		attempts int
	}{
		502: {errorObject, 1}, 503: {`{"error":{"code":"failed"}}`, 1}, 501: {errorObject, 1},
		504: {"<html>", 2}, // a gateway's: the server may have stored a success
	} {
		inWorld(t, script(says(status, row.body), says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
			assert.Len(t, w.do(post(Keyed)).Attempts, row.attempts, status)
		}, func(c *Config) { c.Profile.ForgetsFailed = true })
	}
}

func TestPolicy_ACallsAttemptTimeoutBoundsItsAttempts(t *testing.T) {
	inWorld(t, silent, func(t *testing.T, w *world) {
		defer time.Sleep(time.Hour) // until the handlers have ended
		c := post(Keyed)
		c.Policy = Policy{MaxAttempts: 1, AttemptTimeout: 3 * time.Second}
		begun := time.Now()
		r := w.do(c)
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.Equal(t, 3*time.Second, time.Since(begun))
	})
}

func TestPolicy_ACallsOwnThatCannotBeKeptIsRefused(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		for field, p := range map[string]Policy{
			"KeyTTL":         {KeyTTL: time.Second},
			"KeyTTLMargin":   {KeyTTLMargin: time.Second},
			"MaxAttempts":    {MaxAttempts: -1},
			"AttemptTimeout": {AttemptTimeout: 86 * time.Second},
			"MaxElapsedTime": {MaxElapsedTime: time.Hour},
			"MaxDelay":       {MaxDelay: time.Millisecond},
		} {
			c := post(Keyed)
			c.Policy = p
			r := w.do(c)
			assertInvalid(t, field, r.Err)
			assert.Equal(t, OutcomeNotSent, r.Outcome)
		}
		c := post(Keyed)
		c.Policy.BaseDelay = 10 * time.Second
		require.NoError(t, w.do(c).Err, "the default of MaxDelay follows")
		assert.EqualValues(t, 1, w.hits.Load())
	})
}

func TestR32_ATimeoutIsADeadline(t *testing.T) {
	inWorld(t, silent, func(t *testing.T, w *world) {
		defer time.Sleep(time.Hour) // until the handlers have ended
		for name, row := range map[string]struct {
			timeout, context time.Duration
			lasts            time.Duration
		}{
			"R32_a timeout":                     {timeout: 3 * time.Second, context: time.Hour, lasts: 3 * time.Second},
			"R32_an earlier deadline counts":    {timeout: time.Minute, context: 3 * time.Second, lasts: 3 * time.Second},
			"R32_it is longer than the default": {timeout: 100 * time.Second, context: time.Hour, lasts: 85 * time.Second}, // the key's window
			"R32_longer than an attempt's time": {timeout: 20 * time.Second, context: time.Hour, lasts: 20 * time.Second},
		} {
			ctx, cancel := context.WithTimeout(t.Context(), row.context)
			c := post(Keyed)
			c.Timeout = row.timeout
			begun := time.Now()
			r := w.engine.Do(ctx, c)
			cancel()
			assert.Equal(t, OutcomeUnknown, r.Outcome, name)
			assert.Equal(t, row.lasts, time.Since(begun).Round(time.Second), name)
			if row.lasts != 85*time.Second {
				assert.ErrorIs(t, r.Err, context.DeadlineExceeded, name)
			}
		}
		c := post(Keyed)
		c.Timeout = -1
		assert.ErrorAs(t, w.do(c).Err, new(*InvalidError))
	})
}
