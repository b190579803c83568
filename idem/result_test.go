package idem

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

func TestR21_AnAttemptIsALine(t *testing.T) {
	a := Attempt{Number: 2, Status: 201, Reason: "executed", Verdict: VerdictDone, Replayed: true}
	assert.Equal(t, "attempt 2: 201 (executed, replayed) -> done", a.String())
	a = Attempt{Number: 1, Reason: "connection reset"}
	assert.Equal(t, "attempt 1: no answer (connection reset) -> ambiguous", a.String())
}

func TestR21_VerdictsHaveNames(t *testing.T) {
	names := map[string]bool{}
	for v := VerdictAmbiguous; v <= VerdictAlreadyApplied; v++ {
		names[v.String()] = true
	}
	assert.Len(t, names, int(VerdictAlreadyApplied)+1)
	assert.Equal(t, "ambiguous", (VerdictAlreadyApplied + 1).String(), "one that there is not promises nothing")
}

func TestR22_WhatIsFoundBeneathAnError(t *testing.T) {
	for name, row := range map[string]struct {
		handler  http.HandlerFunc
		call     Call
		is, isnt []error
		text     string
	}{
		"a lost answer":               {handler: cuts, call: post(Keyed), is: []error{ErrResponseLost}, isnt: []error{ErrKeyReused}, text: "executed; the answer was cut; all attempts are used"},
		"a refusal":                   {handler: says(422, errorObject), call: post(Keyed), isnt: []error{ErrResponseLost, ErrKeyReused}, text: "rejected by the API"},
		"somebody else's key":         {handler: says(409, `{"error":{"code":"key_reused"}}`), call: post(Keyed), is: []error{ErrKeyReused}, isnt: []error{ErrResponseLost}, text: "the key belongs to another request"},
		"cancelled before, not by us": {handler: says(409, `{"error":{"code":"already"}}`), call: post(Idempotent), isnt: []error{ErrResponseLost, ErrKeyReused}, text: "already applied"},
	} {
		t.Run(name, worldTest(row.handler, func(t *testing.T, w *world) {
			row.call.Policy.MaxAttempts = 1
			err := w.do(row.call).Err
			require.Error(t, err)
			assert.Equal(t, row.text, err.Error())
			for _, is := range row.is {
				assert.ErrorIs(t, err, is)
			}
			for _, isnt := range row.isnt {
				assert.NotErrorIs(t, err, isnt)
			}
		}))
	}
}

func cuts(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Replayed", "true")
	w.Header().Set("Content-Length", "100")
	_, _ = w.Write([]byte(`{"id":`))
}

func TestR13_TheCausesOfTheCallersContextAreFound(t *testing.T) {
	why := errors.New("the shop closes")
	inWorld(t, lose, func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(100*time.Millisecond, func() { cancel(why) })
		err := w.engine.Do(ctx, post(Keyed)).Err
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, why)
		assert.Equal(t, 1, strings.Count(err.Error(), "context ended"))
	})
	inWorld(t, lose, func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		err := w.engine.Do(ctx, post(Keyed)).Err
		var f *endError
		require.ErrorAs(t, err, &f)
		found := 0
		for _, c := range f.causes {
			if errors.Is(c, context.Canceled) {
				found++
			}
		}
		assert.Equal(t, 1, found, "a cause that says the same is not told twice")
	})
}

func TestR21_SafeUntilIsForKeysThatProtect(t *testing.T) {
	inWorld(t, lose, func(t *testing.T, w *world) {
		c := atMost(1, post(Keyed))
		first := w.do(c)
		c.Key = first.Key
		c.Request.Body = []byte(`{"a":2}`)
		again := w.do(c)
		require.ErrorIs(t, again.Err, ErrKeyReused)
		assert.Zero(t, again.SafeUntil, "the key protects another request")
		c.Request.Body, c.Invalid = post(Keyed).Request.Body, &InvalidError{Field: "x"}
		assert.Equal(t, first.SafeUntil, w.do(c).SafeUntil, "keyed: the key's window is told with a refusal too")

		u := atMost(1, post(KeyUnverified))
		u.Key = w.do(u).Key
		refused := w.do(u)
		require.Error(t, refused.Err)
		assert.Zero(t, refused.SafeUntil, "key unverified: no key protects a repetition")
	})
}

func TestR3_TheBodysContentType(t *testing.T) {
	var rec recorder
	inWorld(t, rec.then(says(200, "{}")), func(t *testing.T, w *world) {
		c := post(Keyed)
		require.NoError(t, w.do(c).Err)
		c.Request.ContentType = "application/xml"
		require.NoError(t, w.do(c).Err)
		assert.Equal(t, "application/json", rec.seen[0].header.Get("Content-Type"))
		assert.Equal(t, "application/xml", rec.seen[1].header.Get("Content-Type"))
	})
}

func TestR8_AKeyThatIsAnchoredKeepsItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSentKeyTracker(time.Now().Add(-10 * time.Second))
		now := clock.Clock{}.Now()
		s.anchorMonotonic(now)
		first := s.snapshot().since
		assert.Equal(t, 10*time.Second, now.Mono-first.Mono)
		time.Sleep(time.Second)
		later := clock.Clock{}.Now()
		s.anchorMonotonic(clock.Timestamp{Mono: later.Mono, Wall: later.Wall + time.Hour})
		assert.Equal(t, first, s.snapshot().since, "anchored once")
		fresh := newKeyTracker()
		fresh.anchorMonotonic(now)
		assert.True(t, fresh.snapshot().since.IsZero(), "what was never sent has no time")
	})
}

func TestR21_TheValueIsMadeOfASuccessAlone(t *testing.T) {
	var decoded []string
	errFit := errors.New("does not fit")
	decode := func(body []byte) (any, error) {
		decoded = append(decoded, string(body))
		if string(body) != "{}" {
			return "half of it", errFit
		}
		return "value", nil
	}
	for body, value := range map[string]any{"{}": "value", `{"a":1}`: nil} {
		inWorld(t, says(200, body), func(t *testing.T, w *world) {
			c := read()
			c.Decode = decode
			r := w.do(c)
			require.NotNil(t, r.Response)
			assert.Equal(t, value, r.Response.Value)
			assert.Equal(t, OutcomeDone, r.Outcome)
			told := w.events[len(w.events)-1]
			if value != nil {
				require.NoError(t, r.Err)
				assert.Empty(t, told.Reason)
				return
			}
			require.ErrorIs(t, r.Err, ErrResponseLost)
			require.ErrorIs(t, r.Err, errFit)
			assert.Equal(t, r.Err.Error(), told.Reason, "observers hear it too")
		})
	}
	decoded = nil
	inWorld(t, says(422, errorObject), func(t *testing.T, w *world) {
		c := read()
		c.Decode = decode
		require.Error(t, w.do(c).Err)
	})
	assert.Empty(t, decoded, "an error is no value")
}

// Where success may carry no body there is nothing to decode; a body must fit.
func TestR21_NoBodyIsNoValue(t *testing.T) {
	framings := map[string]func(w http.ResponseWriter){
		"by its status":      func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) },
		"by its length":      func(w http.ResponseWriter) { w.WriteHeader(http.StatusOK) },
		"by its first chunk": func(w http.ResponseWriter) { w.(http.Flusher).Flush() },
		"by the connection's end": func(w http.ResponseWriter) {
			w.Header().Set("Transfer-Encoding", "identity")
			w.(http.Flusher).Flush()
		},
	}
	for name, op := range map[string]Operation{
		"no answer":       {Name: "delete", Class: Keyed, Success: []int{200, 204}, NoContent: true},
		"one in a header": {Name: "create", Class: Keyed, Success: []int{200, 204}, ResultHeader: "Location"},
		"one in a header, which proves": {
			Name: "create", Class: Keyed, Success: []int{200, 204}, ResultHeader: "Location",
			Prove: func(_ int, h http.Header, body []byte) Proof {
				return Proof{Kind: ProvesExecution, Complete: len(body) == 0 && h.Get("Location") != ""}
			},
		},
		"neither declared": {Name: "create", Class: Keyed, Success: []int{200, 204}},
	} {
		for framing, end := range framings {
			none := func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/things/1")
				w.Header().Set(testProfile().RequestIDHeader, "req_1")
				end(w)
			}
			declared := op.NoContent || op.ResultHeader != ""
			before := script(none)
			if !declared { // it is lost, and asked for again
				before = script(none, none, none, none, none, none)
			}
			t.Run(name+", ended "+framing, worldTest(before, func(t *testing.T, w *world) {
				c := post(Keyed)
				c.Request.Operation = op
				c.Decode = func([]byte) (any, error) { return nil, errors.New("does not fit") }
				r := w.do(c)
				assert.Equal(t, declared, r.Err == nil, "%v", r.Err)
				if declared {
					assert.Len(t, r.Attempts, 1)
				}
			}))
		}
		t.Run(name+", a body", worldTest(says(200, `{"a":1}`), func(t *testing.T, w *world) {
			decoded := 0
			c := post(Keyed)
			c.Request.Operation = op
			c.Decode = func([]byte) (any, error) { decoded++; return nil, errors.New("does not fit") }
			require.ErrorIs(t, w.do(c).Err, ErrResponseLost)
			assert.Positive(t, decoded)
		}))
	}
}

func TestJ5_AnAnswerThatDoesNotFitIsKept(t *testing.T) {
	inJournalledWorld(t, says(200, `{"a":1}`), func(t *testing.T, w *world, _ *faultyJournal) {
		c := withRef(Keyed)
		c.Decode = func([]byte) (any, error) { return nil, errors.New("does not fit") }
		require.ErrorIs(t, w.do(c).Err, ErrResponseLost)
		c.Decode = func(body []byte) (any, error) { return string(body), nil }
		r := w.do(c)
		require.NoError(t, r.Err)
		assert.True(t, r.FromJournal)
		assert.Equal(t, `{"a":1}`, r.Response.Value)
		assert.EqualValues(t, 1, w.hits.Load())
	})
}
