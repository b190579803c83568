package idem

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type recorder struct {
	mu   sync.Mutex
	seen []seenRequest
}

type seenRequest struct {
	at     time.Time
	method string
	url    string
	header http.Header
	body   string
	length int64
	coding []string
}

func (r *recorder) then(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		r.seen = append(r.seen, seenRequest{time.Now(), req.Method, req.URL.String(), req.Header.Clone(), string(body), req.ContentLength, req.TransferEncoding})
		r.mu.Unlock()
		next(w, req)
	}
}

func (r *recorder) assertAlike(t *testing.T) {
	t.Helper()
	first := r.seen[0]
	for _, s := range r.seen[1:] {
		s.at = first.at
		assert.Equal(t, first, s)
	}
}

func TestR1_OneKeyForAllAttempts_R3_AllAttemptsAreAlike(t *testing.T) {
	var rec recorder
	inWorld(t, rec.then(script(lose, says(500, errorObject), says(429, errorObject), lose, says(200, `{"id":"x"}`))), func(t *testing.T, w *world) {
		var asked int
		w.engine.authorize = func(_ context.Context, h http.Header) error {
			asked++
			h.Set("Authorization", "Bearer k"+strings.Repeat("k", asked))
			return nil
		}
		c := post(Keyed)
		c.Request.Query = map[string][]string{"q": {"1 2"}}
		c.Request.Header = http.Header{"x-extra": {"v"}}
		r := w.do(c)
		require.NoError(t, r.Err)
		require.Len(t, rec.seen, 5)
		first := rec.seen[0]
		assert.Equal(t, "/op?q=1+2", first.url)
		assert.Equal(t, `{"a":1}`, first.body)
		assert.Equal(t, r.Key.String(), first.header.Get("Idempotency-Key"))
		assert.Equal(t, "v", first.header.Get("X-Extra"))
		for i, s := range rec.seen {
			assert.Equal(t, "Bearer k"+strings.Repeat("k", i+1), s.header.Get("Authorization"), "credentials are asked for per attempt")
			s.header.Set("Authorization", first.header.Get("Authorization"))
		}
		rec.assertAlike(t)
	})
}

func TestR5_NoKeyWhereNoneIsTaken(t *testing.T) {
	for _, class := range []Class{Safe, Idempotent, NonIdempotent} {
		var rec recorder
		inWorld(t, rec.then(says(200, `{}`)), func(t *testing.T, w *world) {
			r := w.do(post(class))
			require.NoError(t, r.Err)
			assert.True(t, r.Key.IsZero())
			assert.Empty(t, rec.seen[0].header.Values("Idempotency-Key"))
			r = w.do(ofKey(post(class), NewKey()))
			assert.ErrorAs(t, r.Err, new(*InvalidError))
			assert.Equal(t, OutcomeNotSent, r.Outcome)
			assert.Len(t, rec.seen, 1, "nothing was sent")
		})
	}
}

func TestR13_TheCallersContextEndsTheCall(t *testing.T) {
	for name, row := range map[string]struct {
		handle  http.HandlerFunc
		context func() (context.Context, context.CancelFunc)
		want    error
		outcome Outcome
		took    time.Duration
	}{
		"cancelled in an attempt": {
			handle:  slowly,
			context: func() (context.Context, context.CancelFunc) { return cancelAfter(3 * time.Second) },
			want:    context.Canceled, outcome: OutcomeUnknown, took: 3 * time.Second,
		},
		"deadline in an attempt": {
			handle: slowly,
			context: func() (context.Context, context.CancelFunc) {
				return context.WithTimeout(context.Background(), 3*time.Second)
			},
			want: context.DeadlineExceeded, outcome: OutcomeUnknown, took: 3 * time.Second,
		},
		"R17 cancelled in a wait": {
			handle:  asksToWait(503, "60"),
			context: func() (context.Context, context.CancelFunc) { return cancelAfter(3 * time.Second) },
			want:    context.Canceled, outcome: OutcomeUnknown, took: 3 * time.Second,
		},
		"R9 a wait past the deadline is not begun": {
			handle: asksToWait(429, "60"),
			context: func() (context.Context, context.CancelFunc) {
				return context.WithTimeout(context.Background(), 30*time.Second)
			},
			want: context.DeadlineExceeded, outcome: OutcomeRejected, took: 0,
		},
		"over before anything": {
			handle:  says(200, `{}`),
			context: func() (context.Context, context.CancelFunc) { return cancelAfter(-1) },
			want:    context.Canceled, outcome: OutcomeNotSent, took: 0,
		},
	} {
		t.Run(name, worldTest(row.handle, func(t *testing.T, w *world) {
			ctx, cancel := row.context()
			defer cancel()
			start := time.Now()
			r := w.engine.Do(ctx, post(Keyed))
			assert.ErrorIs(t, r.Err, row.want)
			assert.Equal(t, row.outcome, r.Outcome)
			assert.Equal(t, row.took, time.Since(start), "virtual time")
			time.Sleep(time.Minute) // let the handlers end
		}))
	}
}

func cancelAfter(d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	if d < 0 {
		cancel()
	} else {
		time.AfterFunc(d, cancel)
	}
	return ctx, cancel
}

func TestR13_TheLastFailureIsStillFound(t *testing.T) {
	inWorld(t, lose, func(t *testing.T, w *world) {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		r := w.engine.Do(ctx, post(Keyed))
		assert.ErrorIs(t, r.Err, context.DeadlineExceeded)
		assert.ErrorIs(t, r.Err, io.EOF, "what broke the last attempt")
		assert.Equal(t, OutcomeUnknown, r.Outcome)
	})
}

func TestR12_RefusalAfterDoubtIsAskedOnceMore(t *testing.T) {
	for name, row := range map[string]struct {
		handle   http.HandlerFunc
		outcome  Outcome
		attempts int
	}{
		"the mark settles it":        {handle: script(lose, says(400, errorObject), replays(400, errorObject)), outcome: OutcomeRejected, attempts: 3},
		"without it, it stays open":  {handle: script(lose, says(400, errorObject)), outcome: OutcomeUnknown, attempts: 3},
		"no doubt: not asked":        {handle: says(400, errorObject), outcome: OutcomeRejected, attempts: 1},
		"first answer has the mark":  {handle: script(lose, replays(400, errorObject)), outcome: OutcomeRejected, attempts: 2},
		"executed after all":         {handle: script(lose, says(401, errorObject), says(200, `{}`)), outcome: OutcomeDone, attempts: 3},
		"key reused after doubt":     {handle: script(lose, says(409, `{"error":{"code":"key_reused"}}`)), outcome: OutcomeUnknown, attempts: 2},
		"key reused as first answer": {handle: says(409, `{"error":{"code":"key_reused"}}`), outcome: OutcomeRejected, attempts: 1},
		"stored 500 after doubt":     {handle: script(lose, replays(500, errorObject)), outcome: OutcomeUnknown, attempts: 2},
	} {
		t.Run(name, worldTest(row.handle, func(t *testing.T, w *world) {
			r := w.do(post(Keyed))
			assert.Equal(t, row.outcome, r.Outcome)
			assert.Len(t, r.Attempts, row.attempts)
			assert.EqualValues(t, row.attempts, w.hits.Load())
			assert.Equal(t, row.outcome == OutcomeDone, r.Err == nil)
		}))
	}
}

func TestR14_AlreadyCancelled(t *testing.T) {
	already := says(409, `{"error":{"code":"already"}}`)
	holds := func(context.Context) (*Response, State) {
		return &Response{Status: 200, Body: []byte(`{"read":1}`)}, StateHolds
	}
	not := func(context.Context) (*Response, State) { return nil, StateDiffers }
	unread := func(context.Context) (*Response, State) {
		return &Response{Status: 200, Body: []byte(`{"read":1}`)}, StateUnread
	}
	for name, row := range map[string]struct {
		handle    http.HandlerFunc
		reread    func(context.Context) (*Response, State)
		outcome   Outcome
		recovered bool
		ok        bool
	}{
		"as the first answer: an error, done": {handle: already, reread: holds, outcome: OutcomeDone},
		"after doubt: read":                   {handle: script(lose, already), reread: holds, outcome: OutcomeDone, recovered: true, ok: true},
		"after doubt, and it is not so":       {handle: script(lose, already), reread: not, outcome: OutcomeUnknown},
		"answer lost: read":                   {handle: cuts, reread: holds, outcome: OutcomeDone, recovered: true, ok: true},
		"answer lost, and it is not so":       {handle: cuts, reread: not, outcome: OutcomeUnknown},
		"after doubt, and reading fails":      {handle: script(lose, already), reread: unread, outcome: OutcomeDone, recovered: true, ok: true},
		"answer lost, nobody can read":        {handle: cuts, outcome: OutcomeDone},
		"after a refusal: an error":           {handle: script(says(429, ``), already), reread: holds, outcome: OutcomeDone},
	} {
		t.Run(name, worldTest(row.handle, func(t *testing.T, w *world) {
			c := post(Idempotent)
			c.Refetch = row.reread
			r := w.do(c)
			assert.Equal(t, row.outcome, r.Outcome)
			assert.Equal(t, row.recovered, r.Recovered)
			assert.Equal(t, row.ok, r.Err == nil)
			if row.ok {
				assert.JSONEq(t, `{"read":1}`, string(r.Response.Body))
			}
			assert.Zero(t, r.SafeUntil, "no key protects it")
		}))
	}
}

func TestUnguardedIsRepeatedOnlyAfterNothingSentOrRefused(t *testing.T) {
	for name, row := range map[string]struct {
		handle   http.HandlerFunc
		outcome  Outcome
		attempts int
	}{
		"lost":          {handle: lose, outcome: OutcomeUnknown, attempts: 1},
		"server error":  {handle: says(500, errorObject), outcome: OutcomeUnknown, attempts: 1},
		"slow down":     {handle: script(says(429, ``), says(200, `{}`)), outcome: OutcomeDone, attempts: 2},
		"then refused":  {handle: script(says(429, ``), says(400, errorObject)), outcome: OutcomeRejected, attempts: 2},
		"plain refusal": {handle: says(400, errorObject), outcome: OutcomeRejected, attempts: 1},
	} {
		t.Run(name, func(t *testing.T) {
			var rec recorder
			inWorld(t, rec.then(row.handle), func(t *testing.T, w *world) {
				r := w.do(post(KeyUnverified))
				assert.Equal(t, row.outcome, r.Outcome)
				assert.Len(t, rec.seen, row.attempts)
				assert.NotEmpty(t, rec.seen[0].header.Get("Idempotency-Key"), "advised for any state change")
				again := ofKey(post(KeyUnverified), r.Key)
				switch second := w.do(again); r.Outcome {
				case OutcomeRejected:
					assert.Greater(t, len(rec.seen), row.attempts, "what was refused may be tried again")
				default:
					assert.Equal(t, r.Outcome, second.Outcome)
					require.Error(t, second.Err)
					assert.Equal(t, VerdictNothingSent, second.Verdict)
					assert.Len(t, rec.seen, row.attempts, "its key does not protect a repetition: look first")
				}
			})
		})
	}
}

// A6: NotExecuted is accepted once a server cannot be working on a request any
// more. A server that takes longer has executed nothing by then, so that the
// resolution is true when it is recorded; it executes the request afterwards,
// and the next one as well.
func TestAssumptions_A6_AServerThatWorksOnARequestForLong(t *testing.T) {
	for name, row := range map[string]struct {
		takes    time.Duration
		executed int64 // when NotExecuted is accepted
	}{
		"A6 no longer than the window": {takes: 90 * time.Second, executed: 1},
		"A6 ten minutes":               {takes: 10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			var executed atomic.Int64
			inJournalledWorld(t, func(w http.ResponseWriter, _ *http.Request) {
				time.Sleep(row.takes)
				executed.Add(1)
				answer(w, 200, `{}`)
			}, func(t *testing.T, w *world, _ *faultyJournal) {
				c := atMost(1, withRef(Keyed))
				require.Equal(t, OutcomeUnknown, w.do(c).Outcome)
				for w.resolve(Resolution{}) != nil {
					time.Sleep(time.Second)
				}
				assert.Equal(t, row.executed, executed.Load())
				if row.executed > 0 {
					return // the API shows it, so that this resolution would not be made
				}
				require.Equal(t, OutcomeUnknown, w.do(c).Outcome)
				time.Sleep(2 * row.takes)
				assert.EqualValues(t, 2, executed.Load())
			})
		})
	}
}
