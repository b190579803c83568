package scenarios

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
)

// A change is an idempotent operation on the thing with the id 7, and what a
// server answers to it or, where it is read, shows of it.
type change struct {
	do func(ctx context.Context, c client, opts ...option) result
	in func(t *testing.T, script sdktest.Script, story func(t *testing.T, s *sdktest.Server, c client), settings ...setting)

	already    http.HandlerFunc // the change was made before
	sentinel   error            // of that
	holds      http.HandlerFunc // the thing is as the change leaves it
	differs    http.HandlerFunc // the thing is not
	another    http.HandlerFunc // another thing is
	unreadable http.HandlerFunc
}

var changes = map[string]change{
	"bardge, a cancellation": {
		do: ofSeven, in: inBardge,
		already: sdktest.Refuse(409, "resource_conflict_error", "already_cancelled"), sentinel: bardge.ErrAlreadyCancelled,
		holds:      sdktest.Respond(200, `{"object":"booking","id":"7","status":"cancelled"}`),
		differs:    sdktest.Respond(200, `{"object":"booking","id":"7","status":"PENDING"}`),
		another:    sdktest.Respond(200, `{"object":"booking","id":"8","status":"cancelled"}`),
		unreadable: sdktest.Refuse(404, "invalid_request_error", "resource_not_found"),
	},
	"bluesnap, a capture": {
		do: ofSeven, in: inBlueSnap,
		already: sdktest.RefuseWith(400, "20010", "TRANSACTION_ALREADY_CAPTURED"), sentinel: bluesnap.ErrAlreadyCaptured,
		holds:      sdktest.Respond(200, `{"cardTransactionType":"CAPTURE","transactionId":7}`),
		differs:    sdktest.Respond(200, `{"cardTransactionType":"AUTH_ONLY","transactionId":7}`),
		another:    sdktest.Respond(200, `{"cardTransactionType":"CAPTURE","transactionId":8}`),
		unreadable: sdktest.Respond(403, ``),
	},
	"bluesnap, a reversal": {
		do: func(ctx context.Context, c client, opts ...option) result {
			params := bluesnap.CaptureParams{TransactionID: "7"}
			return aPayment(c.(blueSnapClient).Transactions.Reverse(ctx, params, blueSnapOptions(opts)...))
		},
		in:      inBlueSnap,
		already: sdktest.RefuseWith(400, "14002", "AUTHORIZATION_AMOUNT_ALREADY_REVERSED"), sentinel: bluesnap.ErrAlreadyReversed,
		holds:      sdktest.Respond(200, `{"cardTransactionType":"AUTH_REVERSAL","transactionId":7}`),
		differs:    sdktest.Respond(200, `{"cardTransactionType":"CAPTURE","transactionId":7}`),
		another:    sdktest.Respond(200, `{"cardTransactionType":"AUTH_REVERSAL","transactionId":8}`),
		unreadable: sdktest.Respond(403, ``),
	},
}

func ofSeven(ctx context.Context, c client, opts ...option) result {
	return c.change(ctx, "7", opts...)
}

func inBardge(t *testing.T, script sdktest.Script, story func(t *testing.T, s *sdktest.Server, c client), settings ...setting) {
	t.Helper()
	sdktest.WithBardge(t, script, func(t *testing.T, s *sdktest.Bardge) {
		story(t, &s.Server, bardgeClient{Client: s.Client})
	}, bardgeSettings(settings)...)
}

func inBlueSnap(t *testing.T, script sdktest.Script, story func(t *testing.T, s *sdktest.Server, c client), settings ...setting) {
	t.Helper()
	sdktest.WithBlueSnap(t, script, func(t *testing.T, s *sdktest.BlueSnap) {
		story(t, &s.Server, blueSnapClient{Client: s.Client})
	}, blueSnapSettings(settings)...)
}

// onRead has reading answered by one handler, and all else by another.
func onRead(read, other http.HandlerFunc) sdktest.Script {
	return sdktest.Script{func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			read(w, r)
			return
		}
		other(w, r)
	}}
}

// recoveredSeven checks that a change is done, and known by reading.
func recoveredSeven(t *testing.T, r result) {
	t.Helper()
	require.NoError(t, r.err)
	assert.Equal(t, "7", r.id)
	assert.True(t, r.Recovered)
	assert.Contains(t, timeline(r), "the lost response was read back")
}

func unknown(t *testing.T, r result) {
	t.Helper()
	assert.True(t, r.whole)
	assert.Equal(t, idem.OutcomeUnknown, idem.OutcomeOf(r.err))
	assert.True(t, idem.CanRepeat(r.err), "a change may be repeated at any time")
	assert.False(t, r.Recovered)
}

func TestR14_AlreadyMadeAsTheFirstAnswerIsATypedError(t *testing.T) {
	for name, c := range changes {
		t.Run(name, func(t *testing.T) {
			c.in(t, sdktest.Script{c.already}, func(t *testing.T, s *sdktest.Server, client client) {
				r := c.do(t.Context(), client)
				assert.True(t, r.whole)
				assert.Equal(t, idem.OutcomeDone, idem.OutcomeOf(r.err))
				assert.ErrorIs(t, r.err, c.sentinel, "the caller must know")
				assert.NotErrorIs(t, r.err, idem.ErrResponseLost)
				assert.Len(t, s.Requests(), 1, "nothing is read")
				assert.False(t, r.Recovered)
			})
		})
	}
}

func TestR14_ALostChangeIsRead(t *testing.T) {
	for name, c := range changes {
		for how, script := range map[string]sdktest.Script{
			"a lost response":        {sdktest.Lose, c.already, c.holds},
			"a server error":         {sdktest.Respond(500, `{}`), c.already, c.holds},
			"the read is lost, too":  {sdktest.Lose, c.already, sdktest.Lose, c.holds},
			"the read is impossible": {sdktest.Lose, c.already, c.unreadable},
		} {
			t.Run(name+", "+how, func(t *testing.T) {
				c.in(t, script, func(t *testing.T, s *sdktest.Server, client client) {
					recoveredSeven(t, c.do(t.Context(), client, withHeader("X-Lane", "7")))
					assert.Len(t, s.Requests(), len(script))
					for _, r := range s.Requests() {
						assert.Equal(t, "7", r.Header.Get("X-Lane"), "each has the call's own headers")
					}
				})
			})
		}
		t.Run(name+", reading shows the opposite", func(t *testing.T) {
			c.in(t, sdktest.Script{sdktest.Lose, c.already, c.differs}, func(t *testing.T, _ *sdktest.Server, client client) {
				r := c.do(t.Context(), client)
				unknown(t, r)
				assert.NotErrorIs(t, r.err, c.sentinel)
			})
		})
	}
}

func TestJ5_ARecoveredChangeIsRecorded(t *testing.T) {
	for name, c := range changes {
		for how, read := range map[string]http.HandlerFunc{"read": c.holds, "filled in": c.unreadable} {
			t.Run(name+", "+how, func(t *testing.T) {
				c.in(t, sdktest.Script{sdktest.Lose, c.already, read}, func(t *testing.T, s *sdktest.Server, client client) {
					for _, recorded := range []bool{false, true} {
						r := c.do(t.Context(), client, withRef("order-1"))
						require.NoError(t, r.err)
						assert.Equal(t, "7", r.id)
						assert.Equal(t, recorded, r.FromJournal)
					}
					assert.Len(t, s.Requests(), 3)
				}, withJournal(journal.NewMemory(), "acme"))
			})
		}
	}
}

// A change whose response shows another state is read once.
func TestR31_AChangeThatShowsAnotherState(t *testing.T) {
	for name, c := range changes {
		for first, answer := range map[string]http.HandlerFunc{"another state": c.differs, "another thing": c.another} {
			for shown, read := range map[string]http.HandlerFunc{
				"it holds": c.holds, "it differs": c.differs, "another thing": c.another, "reading fails": c.unreadable,
			} {
				t.Run(name+", "+first+", then "+shown, func(t *testing.T) {
					c.in(t, onRead(read, answer), func(t *testing.T, s *sdktest.Server, client client) {
						r := c.do(t.Context(), client, withRef("change-1"))
						assert.Len(t, s.Requests(), 2, "requested once, read once")
						if shown == "it holds" {
							recoveredSeven(t, r)
							return
						}
						unknown(t, r)
						again := c.do(t.Context(), client, withRef("change-1"))
						assert.Equal(t, idem.OutcomeUnknown, idem.OutcomeOf(again.err), "nothing is recorded as done")
						assert.False(t, again.FromJournal)
					}, withJournal(journal.NewMemory(), "acme"))
				})
			}
		}
	}
}

// A change that would end unknown is sent once more, where that is allowed, and
// then read.
func TestR33_AChangeThatWouldEndUnknownIsRead(t *testing.T) {
	for name, c := range changes {
		for doubt, row := range map[string]struct {
			answer   http.HandlerFunc
			opts     []option
			attempts int // 0: as many as there is time for
		}{
			"one attempt is all":     {answer: sdktest.Lose, opts: []option{withMaxAttempts(1)}, attempts: 1},
			"a 501":                  {answer: sdktest.Respond(501, `{}`), attempts: 2},
			"a Retry-After too long": {answer: sdktest.Respond(503, `{}`, "Retry-After", "1000"), attempts: 2},
			"HTML 404s":              {answer: sdktest.Respond(404, `<html></html>`, "Content-Type", "text/html")},
			"unavailable all along":  {answer: sdktest.Respond(503, `{}`)},
		} {
			t.Run(name+", "+doubt, func(t *testing.T) {
				c.in(t, onRead(c.holds, row.answer), func(t *testing.T, _ *sdktest.Server, client client) {
					r := c.do(t.Context(), client, row.opts...)
					recoveredSeven(t, r)
					if row.attempts > 0 {
						assert.Len(t, r.Attempts, row.attempts)
					}
				})
				for _, read := range []http.HandlerFunc{c.differs, c.unreadable} {
					c.in(t, onRead(read, row.answer), func(t *testing.T, _ *sdktest.Server, client client) {
						unknown(t, c.do(t.Context(), client, row.opts...))
					})
				}
			})
		}
	}
}

func TestR33_TimeForReadingIsKeptBackBeforeTheDeadline(t *testing.T) {
	for name, c := range changes {
		for _, within := range []time.Duration{4 * time.Second, 40 * time.Second} { // an attempt takes 15 s
			c.in(t, onRead(c.holds, sdktest.Hang), func(t *testing.T, _ *sdktest.Server, client client) {
				ctx, cancel := context.WithTimeout(t.Context(), within)
				defer cancel()
				recoveredSeven(t, c.do(ctx, client))
				assert.NoError(t, ctx.Err(), name)
			})
		}
	}
}

func TestR33_AnEmptyBudget(t *testing.T) {
	for _, c := range changes {
		c.in(t, onRead(c.holds, sdktest.Respond(503, `{}`)), func(t *testing.T, _ *sdktest.Server, client client) {
			done := make(chan error)
			for range 60 {
				go func() { done <- c.do(t.Context(), client).err }()
			}
			for range 60 {
				assert.NoError(t, <-done)
			}
		})
	}
}

func TestR33_ACallerThatHasGoneIsNotKept(t *testing.T) {
	for _, c := range changes {
		c.in(t, onRead(c.holds, sdktest.Respond(503, `{}`)), func(t *testing.T, s *sdktest.Server, client client) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			require.ErrorIs(t, c.do(ctx, client).err, context.Canceled)
			read := func(r sdktest.Request) bool { return r.Method == http.MethodGet }
			assert.False(t, slices.ContainsFunc(s.Requests(), read), "nothing is read")
		})
	}
}
