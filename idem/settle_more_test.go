package idem

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func asksToWait(status int, value string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", value)
		answer(w, status, errorObject)
	}
}

func page(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = w.Write([]byte("<html>"))
	}
}

func TestR34_InDoubtARetryAfterIsFollowedAsFarAsItCanBe(t *testing.T) {
	for name, row := range map[string]struct {
		class       Class
		value       string
		within      time.Duration // of the caller's deadline; zero: none
		first, last float64       // when the late attempt may leave, in seconds
	}{
		"R34 within the window":             {class: Keyed, value: "84", first: 70, last: 83},
		"R34 longer than the window":        {class: Keyed, value: "120", first: 70, last: 83},
		"R34 longer than any window":        {class: Keyed, value: "9300000000", first: 70, last: 83},
		"R34 within the deadline":           {class: Keyed, value: "60", within: 30 * time.Second, first: 15, last: 28},
		"R34 idempotent":                    {class: Idempotent, value: "100", first: 70, last: 83},
		"R34 idempotent, within a deadline": {class: Idempotent, value: "100", within: 30 * time.Second, first: 15, last: 28},
	} {
		t.Run(name, func(t *testing.T) {
			var at atomic.Int64
			begun := time.Time{}
			inWorld(t, script(asksToWait(503, row.value), func(w http.ResponseWriter, _ *http.Request) {
				at.Store(int64(time.Since(begun)))
				answer(w, 200, `{}`)
			}), func(t *testing.T, w *world) {
				begun = time.Now()
				ctx, cancel := context.WithCancel(t.Context())
				if row.within > 0 {
					ctx, cancel = context.WithTimeout(ctx, row.within)
				}
				defer cancel()
				r := w.engine.Do(ctx, post(row.class))
				require.NoError(t, r.Err)
				assert.Len(t, r.Attempts, 2)
				late := time.Duration(at.Load()).Seconds()
				assert.GreaterOrEqual(t, late, row.first)
				assert.LessOrEqual(t, late, row.last)
			})
		})
	}
}

func TestR34_TheLateAttemptIsOne(t *testing.T) {
	inWorld(t, asksToWait(503, "84"), func(t *testing.T, w *world) {
		r := w.do(post(Keyed))
		assert.Len(t, r.Attempts, 2)
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.ErrorContains(t, r.Err, "the server asked for 84 s; the key's window leaves ")
		assert.Equal(t, 84*time.Second, r.RetryAfter)
	})
}

func TestR34_WhatNoKeyProtectsIsNotFollowed(t *testing.T) {
	for _, class := range []Class{KeyUnverified, NonIdempotent} {
		inWorld(t, asksToWait(503, "84"), func(t *testing.T, w *world) {
			r := w.do(post(class))
			assert.Len(t, r.Attempts, 1)
			assert.Equal(t, OutcomeUnknown, r.Outcome)
			assert.False(t, r.RetryHelps)
			assert.Zero(t, r.SafeUntil)
		})
	}
}

// A deadline of ten minutes is the call's own: nothing was sent, so no window
// runs.
func TestR32_TheDeadlineIsTheBound(t *testing.T) {
	for name, row := range map[string]struct {
		deadline, away time.Duration
		outcome        Outcome
		longest        time.Duration
	}{
		"R32 the server is back after 100 s":       {deadline: 10 * time.Minute, away: 100 * time.Second, outcome: OutcomeDone, longest: 110 * time.Second},
		"R32 after nine minutes":                   {deadline: 10 * time.Minute, away: 9 * time.Minute, outcome: OutcomeDone, longest: 550 * time.Second},
		"R32 15 minutes are the most":              {deadline: time.Hour, away: 30 * time.Minute, outcome: OutcomeNotSent, longest: 15 * time.Minute},
		"R32 without a deadline as before: 85 s":   {away: 2 * time.Minute, outcome: OutcomeNotSent, longest: 85 * time.Second},
		"R32 a short deadline still ends the call": {deadline: 20 * time.Second, away: time.Minute, outcome: OutcomeNotSent, longest: 20 * time.Second},
	} {
		t.Run(name, worldTest(says(200, `{}`), func(t *testing.T, w *world) {
			w.listener.SetDown(true)
			up := time.AfterFunc(row.away, func() { w.listener.SetDown(false) })
			defer up.Stop()
			ctx, cancel := context.WithCancel(t.Context())
			if row.deadline > 0 {
				ctx, cancel = context.WithTimeout(ctx, row.deadline)
			}
			defer cancel()
			begun := time.Now()
			r := w.engine.Do(ctx, post(Keyed))
			assert.Equal(t, row.outcome, r.Outcome)
			assert.LessOrEqual(t, time.Since(begun), row.longest)
			assert.GreaterOrEqual(t, time.Since(begun), row.longest*8/10)
		}))
	}
}

func TestR32_TheBoundCanBeSet(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		w.listener.SetDown(true)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		begun := time.Now()
		assert.Equal(t, OutcomeNotSent, w.engine.Do(ctx, post(Keyed)).Outcome)
		assert.InDelta(t, 30, time.Since(begun).Seconds(), 6)
	}, func(c *Config) { c.Policy.MaxElapsedTime = 30 * time.Second })
	_, err := New(Config{Profile: testProfile(), BaseURL: "https://api.test", Policy: Policy{MaxElapsedTime: -1}})
	assertInvalid(t, "MaxElapsedTime", err)
}

func TestR32_AfterASuspensionThereIsOneMoreAttempt(t *testing.T) {
	for name, row := range map[string]struct {
		class    Class
		max      int
		attempts int
		outcome  Outcome
	}{
		"R32 idempotent":                {class: Idempotent, attempts: 2, outcome: OutcomeDone},
		"R32 keyed: the window is over": {class: Keyed, attempts: 1, outcome: OutcomeUnknown},
		"R32 a number that was set":     {class: Idempotent, max: 1, attempts: 1, outcome: OutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			var n atomic.Int64
			inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
				r := w.do(atMost(row.max, post(row.class)))
				assert.Len(t, r.Attempts, row.attempts)
				assert.Equal(t, row.outcome, r.Outcome)
			}, func(c *Config) {
				base := c.Transport
				c.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
					if n.Add(1) == 1 {
						time.Sleep(99 * time.Second) // whatever the context says
						return nil, errors.New("the connection broke meanwhile")
					}
					return base.RoundTrip(r)
				})
			})
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// What is otherwise final is sent again while another attempt has left doubt.
func TestR35_InDoubtWhatIsUsuallyFinalMayPass(t *testing.T) {
	unknownHost := &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}
	for name, row := range map[string]struct {
		steps []http.HandlerFunc // after the lost response
		dials []error            // of the attempts after it
	}{
		"R35 an ingress's 404s":            {steps: []http.HandlerFunc{page(404), page(404), page(404), page(404)}},
		"R35 redirects":                    {steps: []http.HandlerFunc{page(302), page(302), page(302), page(302)}},
		"R35 501":                          {steps: []http.HandlerFunc{says(501, errorObject), says(501, errorObject)}},
		"R35 505":                          {steps: []http.HandlerFunc{page(505)}},
		"R35 a proxy's 407":                {steps: []http.HandlerFunc{page(407), page(407)}},
		"R35 a gateway's 413":              {steps: []http.HandlerFunc{page(413), page(413)}},
		"R35 an unknown host":              {dials: []error{unknownHost, unknownHost}},
		"R35 an unknown host, then others": {dials: []error{unknownHost}, steps: []http.HandlerFunc{page(403), page(403), page(403)}},
	} {
		for _, class := range []Class{Keyed, Idempotent} {
			t.Run(name+", "+class.String(), func(t *testing.T) {
				dials := row.dials
				steps := append([]http.HandlerFunc{lose}, row.steps...)
				steps = append(steps, says(200, `{}`))
				var n atomic.Int64
				inWorld(t, script(steps...), func(t *testing.T, w *world) {
					r := w.do(post(class))
					require.NoError(t, r.Err)
					assert.Len(t, r.Attempts, 1+len(row.steps)+len(row.dials)+1)
				}, func(c *Config) {
					dial := c.Transport.(*http.Transport).DialContext
					c.Transport = &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
						if i := int(n.Add(1)) - 2; i >= 0 && i < len(dials) {
							return nil, dials[i]
						}
						return dial(ctx, network, addr)
					}}
				})
			})
		}
	}
}

func TestR35_WithoutDoubtItStaysFinal(t *testing.T) {
	for name, row := range map[string]struct {
		handle   http.HandlerFunc
		class    Class
		attempts int
	}{
		"R35 501":                          {handle: says(501, errorObject), class: Keyed, attempts: 1},
		"R35 407":                          {handle: page(407), class: Keyed, attempts: 1},
		"R35 404 of an ingress, all alone": {handle: page(404), class: Keyed, attempts: 3},
		"R35 what no key protects":         {handle: page(404), class: KeyUnverified, attempts: 1},
	} {
		t.Run(name, worldTest(row.handle, func(t *testing.T, w *world) {
			assert.Len(t, w.do(post(row.class)).Attempts, row.attempts)
		}))
	}
}

func TestR35_AKeyProviderThatFailsOrIsSlow(t *testing.T) {
	for name, provider := range map[string]func(context.Context) error{
		"R35 fails":      func(context.Context) error { return errors.New("the vault is sealed") },
		"R35 takes 16 s": func(ctx context.Context) error { time.Sleep(16 * time.Second); return ctx.Err() },
	} {
		t.Run(name, func(t *testing.T) {
			var n atomic.Int64
			inWorld(t, script(lose, says(200, `{}`)), func(t *testing.T, w *world) {
				r := w.do(post(Keyed))
				require.NoError(t, r.Err)
				assert.EqualValues(t, 2, w.hits.Load())
			}, func(c *Config) {
				c.Authorize = func(ctx context.Context, h http.Header) error {
					h.Set("Authorization", "Bearer x")
					if n.Add(1) == 2 {
						return provider(ctx)
					}
					return nil
				}
			})
		})
	}
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		r := w.do(post(Keyed))
		assert.Equal(t, OutcomeNotSent, r.Outcome)
		assert.EqualValues(t, 0, w.hits.Load(), "without doubt the provider's error ends the call")
	}, func(c *Config) {
		c.Authorize = func(context.Context, http.Header) error { return errors.New("the vault is sealed") }
	})
}

// A key that was rotated is rejected with 401: in doubt, the provider's next
// key is tried; the same key is not.
func TestR35_A401InDoubtIsAskedAgainWithAnotherKey(t *testing.T) {
	for name, row := range map[string]struct {
		rotates bool
		outcome Outcome
		hits    int64
	}{
		"R35 rotated":                        {rotates: true, outcome: OutcomeDone, hits: 4},
		"R35 the same: once more, as in R12": {outcome: OutcomeUnknown, hits: 3},
	} {
		t.Run(name, func(t *testing.T) {
			var key atomic.Int64
			handle := func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.Header.Get("Authorization"), "old") {
					answer(w, 401, errorObject)
					return
				}
				answer(w, 200, `{}`)
			}
			inWorld(t, script(lose, handle), func(t *testing.T, w *world) {
				assert.Equal(t, row.outcome, w.do(post(Keyed)).Outcome)
				assert.Equal(t, row.hits, w.hits.Load())
			}, func(c *Config) {
				c.Authorize = func(_ context.Context, h http.Header) error {
					h.Set("Authorization", "Bearer old")
					if key.Add(1) > 4 && row.rotates {
						h.Set("Authorization", "Bearer new")
					}
					return nil
				}
			})
		})
	}
}

func TestR38_TheSameUnreadableSuccessIsFinal(t *testing.T) {
	inWorld(t, says(200, `{"object":"thing","id":NaN}`), func(t *testing.T, w *world) {
		r := w.do(asked(Keyed))
		assert.Equal(t, OutcomeDone, r.Outcome)
		assert.ErrorIs(t, r.Err, ErrResponseLost)
		assert.Len(t, r.Attempts, 3)
		assert.False(t, r.RetryHelps)
	})
	const whole = `{"object":"thing","id":"x"}`
	inWorld(t, script(says(200, whole[:18]), says(200, whole[:19]), says(200, whole[:18]), says(200, whole)), func(t *testing.T, w *world) {
		r := w.do(asked(Keyed))
		assert.NoError(t, r.Err, "others are not the same")
		assert.Len(t, r.Attempts, 4)
	})
}

func TestR38_RetryHelps(t *testing.T) {
	for name, row := range map[string]struct {
		handle http.HandlerFunc
		call   Call
		want   bool
	}{
		"R38 a 5xx stored under the key": {handle: replays(500, errorObject), call: post(Keyed)},
		"R38 in doubt":                   {handle: lose, call: post(Keyed), want: true},
		"R38 rejected":                   {handle: says(422, errorObject), call: post(Keyed)},
		"R38 asked to slow down":         {handle: says(429, errorObject), call: post(Keyed), want: true},
		"R38 nothing protects it":        {handle: lose, call: post(KeyUnverified)},
		"R38 nor after a redirect":       {handle: says(302, ""), call: post(NonIdempotent)},
		"R38 the key is another's":       {handle: says(409, `{"error":{"code":"key_reused"}}`), call: post(Keyed)},
		"R38 a bad argument":             {handle: lose, call: Call{Request: post(Keyed).Request, Policy: Policy{MaxAttempts: -1}}},
		"R38 applied before":             {handle: says(409, `{"error":{"code":"already"}}`), call: post(Idempotent)},
		"R38 nothing to complain about":  {handle: says(200, `{}`), call: post(Keyed)},
	} {
		t.Run(name, worldTest(row.handle, func(t *testing.T, w *world) {
			if row.call.Policy.MaxAttempts == 0 {
				row.call.Policy.MaxAttempts = 1
			}
			assert.Equal(t, row.want, w.do(row.call).RetryHelps)
		}))
	}
}

func TestR33_BeyondTheBudgetRequestsTakeTurns(t *testing.T) {
	var b budget
	const now = time.Duration(-5e9) // virtual time begins before the process does
	assert.Zero(t, b.reserveTurn(now))
	assert.Equal(t, betweenTurns, b.reserveTurn(now))
	assert.Equal(t, 2*betweenTurns, b.reserveTurn(now))
	assert.Equal(t, 2*betweenTurns, b.reserveTurn(now+betweenTurns))
	assert.Zero(t, b.reserveTurn(now+time.Second), "nothing is saved up")
	assert.False(t, b.empty())
	b.spent.Store(budgetCapacity)
	assert.True(t, b.empty())
}

// A spent budget neither ends nor delays a call that lifts it, or whose client
// does.
func TestR16_ALiftedBudgetWithholdsNothing(t *testing.T) {
	lifts := Policy{DisableRetryBudget: true}
	for name, row := range map[string]struct{ client, call Policy }{
		"the client's": {client: lifts}, "the call's": {call: lifts},
	} {
		t.Run(name, worldTest(lose, func(t *testing.T, w *world) {
			w.engine.budget.spent.Store(budgetCapacity)
			c := w.engine.newOperation(t.Context(), &Call{})
			require.NoError(t, c.setLimits(row.call))
			goesOn := decision{wait: time.Second}
			assert.Equal(t, goesOn, c.spend(classification{verdict: VerdictAmbiguous, retry: retryBackoff}, retryState{}, goesOn))
			assert.EqualValues(t, budgetCapacity, w.engine.budget.spent.Load(), "it takes none")
			assert.True(t, c.awaitTurn(t.Context()))
			assert.Zero(t, w.engine.budget.next.Load(), "nor a turn")
		}, func(config *Config) { config.Policy = row.client }))
	}
}

func TestR33_ReadsBeyondTheBudgetAreLimitedInRate(t *testing.T) {
	const calls = 40
	var reads, least atomic.Int64
	least.Store(int64(time.Hour))
	var last atomic.Int64
	inWorld(t, says(503, errorObject), func(t *testing.T, w *world) {
		begun := time.Now()
		w.engine.budget.spent.Store(budgetCapacity)
		done := make(chan Result, calls)
		for range calls {
			go func() {
				c := atMost(1, post(Idempotent))
				c.Refetch = func(context.Context) (*Response, State) {
					at := int64(time.Since(begun))
					if reads.Add(1) > 1 {
						least.Store(min(least.Load(), at-last.Load()))
					}
					last.Store(at)
					return &Response{Status: 200}, StateHolds
				}
				done <- w.do(c)
			}()
		}
		for range calls {
			r := <-done
			assert.NoError(t, r.Err)
			assert.Len(t, r.Attempts, 1)
		}
		assert.EqualValues(t, calls, reads.Load())
		assert.GreaterOrEqual(t, time.Duration(least.Load()), betweenTurns)
	})
}
