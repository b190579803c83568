package idem

import (
	"context"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestR9_AWaitThatJustFits(t *testing.T) {
	const ms = time.Millisecond
	const least = 125 * ms
	for name, row := range map[string]struct {
		room, wait, floor time.Duration
		want              time.Duration
		stop              stop
	}{
		"a Retry-After as long as the room is obeyed":        {room: 500 * ms, floor: 500 * ms, want: 500 * ms},
		"a longer one ends the call":                         {room: 500 * ms, floor: 501 * ms, stop: stopElapsed},
		"no room ends a call that would go on at once":       {room: 0, stop: stopElapsed},
		"a wait as long as the little room is kept":          {room: 100 * ms, wait: 100 * ms, want: 100 * ms},
		"a longer one is not shortened to less than a wait":  {room: 100 * ms, wait: 101 * ms, stop: stopElapsed},
		"room for the least wait shortens a longer one":      {room: least, wait: 300 * ms, want: least},
		"and a nanosecond less does not":                     {room: least - 1, wait: 300 * ms, stop: stopElapsed},
		"where there is room, the wait is what was wished":   {room: time.Second, wait: 300 * ms, want: 300 * ms},
		"and Retry-After makes it longer, never shorter":     {room: time.Second, wait: 300 * ms, floor: 400 * ms, want: 400 * ms},
		"a Retry-After below the wish does not shorten that": {room: time.Second, wait: 300 * ms, floor: 200 * ms, want: 300 * ms},
	} {
		t.Run(name, func(t *testing.T) {
			s := retryState{policy: &Policy{BaseDelay: 2 * least}, elapsedLeft: row.room + minAttempt, retryAfter: row.floor}
			d := s.clampDelay(row.wait)
			assert.Equal(t, row.stop, d.stop)
			assert.Equal(t, row.want, d.wait)
		})
	}
}

func TestR9_TheLeastWaitIsHalfTheBaseDelay(t *testing.T) {
	s := retryState{
		policy: &Policy{BaseDelay: time.Second, MaxDelay: 4 * time.Second}, random: randomUpTo,
		class: Keyed, outcome: OutcomeUnknown, countedAttempts: 3, elapsedLeft: minAttempt + 500*time.Millisecond,
	}
	d := decide(classification{retry: retryBackoff}, s)
	assert.Equal(t, stopNone, d.stop)
	assert.Equal(t, 500*time.Millisecond, d.wait)
	s.elapsedLeft--
	assert.Equal(t, stopElapsed, decide(classification{retry: retryBackoff}, s).stop)
}

func TestR9_OfTwoBoundsThatAgreeTheCallersIsNamed(t *testing.T) {
	s := retryState{elapsedLeft: 10 * time.Second, hasDeadline: true, deadline: 10 * time.Second}
	_, why := s.maxDelayLeft()
	assert.Equal(t, stopDeadline, why)
	s = retryState{elapsedLeft: 10 * time.Second, windowed: true, windowLeft: 10 * time.Second}
	_, why = s.maxDelayLeft()
	assert.Equal(t, stopWindow, why)
}

func TestR15_BackoffOfOddPolicies(t *testing.T) {
	backoff := jitter(randomUpTo).backoff
	assert.LessOrEqual(t, backoff(1, 1, 1), time.Duration(1), "the shortest there is")
	for range 50 {
		assert.GreaterOrEqual(t, backoff(1, time.Minute, 33), 30*time.Second, "after 32 doublings the limit holds")
		assert.GreaterOrEqual(t, backoff(1<<40, 2<<40, 25), time.Duration(1<<40), "a delay shifted out of its bits is the limit")
	}
}

func TestTable_StatusesAtTheEdges(t *testing.T) {
	op, p := testOperation(Keyed), testProfile()
	for status, want := range map[int]string{
		199: "no HTTP status for an answer",
		200: "executed",
		299: "a success that the API does not give",
		499: "rejected by the API",
		500: "server error",
		599: "server error",
		600: "no HTTP status for an answer",
	} {
		s := answered(status, errorObjectOr(status))
		j := classify(&op, &p, false, &s, known{outcome: OutcomeNotSent})
		assert.Equal(t, want, j.reason, "%d", status)
	}
	s := answered(300, "{}")
	j := classify(&op, &p, false, &s, known{outcome: OutcomeNotSent})
	assert.NotEqual(t, "a success that the API does not give", j.reason)
	assert.Equal(t, VerdictAmbiguous, j.verdict)
}

func errorObjectOr(status int) string {
	if status >= 400 && status < 500 {
		return errorObject
	}
	return "{}"
}

func TestTable_BodiesAreReadOfStatusesThatHTTPHas(t *testing.T) {
	for status, read := range map[int]bool{200: true, 599: true, 600: false} {
		inWorld(t, says(status, "{}"), func(t *testing.T, w *world) {
			r := w.do(atMost(1, post(Keyed)))
			require.NotNil(t, r.Response)
			assert.Equal(t, status, r.Response.Status)
			assert.Equal(t, read, r.Response.Body != nil, "%d", status)
		})
	}
}

func TestR19_AnAnswerAsLongAsTheLimit(t *testing.T) {
	// Announced or not, short enough to be trusted with memory or not.
	for _, limit := range []int64{8, maxTrust, maxTrust + 1, 2 * maxTrust} {
		for _, announced := range []bool{true, false} {
			for over, lost := range map[int64]bool{-1: false, 0: false, 1: true} {
				length := int(limit + over)
				body := `{"a":"` + strings.Repeat("x", max(length-8, 0)) + `"}`
				body = body[:min(length, len(body))]
				if length == 7 {
					body = `{"a":1}`
				}
				inWorld(t, func(rw http.ResponseWriter, _ *http.Request) {
					rw.Header().Set("Content-Type", "application/json")
					rw.Header().Set("X-Replayed", "true")
					if !announced {
						_ = http.NewResponseController(rw).Flush()
					}
					_, _ = io.WriteString(rw, body)
				}, func(t *testing.T, w *world) {
					require.Len(t, body, length)
					r := w.do(post(Keyed))
					assert.Equal(t, OutcomeDone, r.Outcome)
					if lost {
						require.ErrorIs(t, r.Err, ErrResponseLost, "limit %d, %d bytes", limit, length)
						return
					}
					require.NoError(t, r.Err, "limit %d, %d bytes", limit, length)
					assert.Equal(t, body, string(r.Response.Body))
				}, func(c *Config) { c.MaxResponseBytes = limit })
			}
		}
	}
}

type wordy struct {
	body      string
	announced int64
}

func (w wordy) RoundTrip(*http.Request) (*http.Response, error) {
	return announcing(w.announced, strings.NewReader(w.body)), nil
}

// announcing is a replayed success that announces so many bytes, however many
// it brings.
func announcing(length int64, body io.Reader) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}, "X-Replayed": {"true"}},
		Body: io.NopCloser(body), ContentLength: length,
	}
}

func doOver(t *testing.T, rt http.RoundTripper, limit int64) Result {
	t.Helper()
	for _, bad := range []int64{-1, 1<<30 + 1, math.MaxInt64} {
		_, err := New(Config{Profile: testProfile(), BaseURL: "http://localhost", MaxResponseBytes: bad})
		assert.ErrorContains(t, err, "MaxResponseBytes", bad)
	}
	e, err := New(Config{Profile: testProfile(), BaseURL: "http://localhost", Transport: rt, MaxResponseBytes: limit})
	require.NoError(t, err)
	return e.Do(t.Context(), atMost(1, post(Keyed)))
}

type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestR19_AnAnswerThatIsNotWhole(t *testing.T) {
	var none *http.Response
	r := doOver(t, transportFunc(func(*http.Request) (*http.Response, error) { return none, nil }), 100)
	assert.Equal(t, OutcomeUnknown, r.Outcome)
	require.Len(t, r.Attempts, 1)
	assert.Equal(t, "network error", r.Attempts[0].Reason)

	r = doOver(t, transportFunc(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK}, nil
	}), 100)
	assert.Equal(t, OutcomeUnknown, r.Outcome)

	r = doOver(t, wordy{"", 0}, 100)
	assert.ErrorContains(t, r.Err, "cannot be read", "it is empty, and was not cut")

	r = doOver(t, wordy{`{"id":"x"}`, 0}, 100)
	require.NoError(t, r.Err, "a body whose length was left out")
	assert.JSONEq(t, `{"id":"x"}`, string(r.Response.Body))
}

func TestR3_CredentialsStayWithTheirAttempt(t *testing.T) {
	var seen []http.Header
	asked := 0
	e, err := New(Config{
		Profile: testProfile(), BaseURL: "http://localhost", Header: http.Header{"X-Tag": {"a", "b", "c"}},
		Authorize: func(_ context.Context, h http.Header) error {
			asked++
			h.Add("X-Tag", strconv.Itoa(asked))
			return nil
		},
		Transport: transportFunc(func(r *http.Request) (*http.Response, error) {
			seen = append(seen, r.Header)
			return announcing(2, strings.NewReader("{}")), nil
		}),
	})
	require.NoError(t, err)
	for range 2 {
		require.NoError(t, e.Do(t.Context(), post(Keyed)).Err)
	}
	assert.Equal(t, []string{"a", "b", "c", "1"}, seen[0]["X-Tag"])
	assert.Equal(t, []string{"a", "b", "c", "2"}, seen[1]["X-Tag"])
}

func TestR19_ABodyThatIsNotAsLongAsAnnounced(t *testing.T) {
	object := `{"a":"0123456789"}` // 18 bytes
	for name, row := range map[string]struct {
		announced, limit int64
		lost             bool
	}{
		"longer, within the limit":       {announced: 5, limit: 100},
		"longer, as long as the limit":   {announced: 5, limit: 18},
		"longer, beyond the limit":       {announced: 5, limit: 17, lost: true},
		"longer by one byte":             {announced: 17, limit: 18},
		"shorter":                        {announced: 19, limit: 100, lost: true},
		"longer, beyond a limit as told": {announced: 17, limit: 17, lost: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := doOver(t, wordy{body: object, announced: row.announced}, row.limit)
			assert.Equal(t, OutcomeDone, r.Outcome)
			if row.lost {
				assert.ErrorIs(t, r.Err, ErrResponseLost)
				return
			}
			require.NoError(t, r.Err)
			assert.Equal(t, object, string(r.Response.Body))
		})
	}
}

type endless struct {
	announced int64
	read      int64
}

func (e *endless) RoundTrip(*http.Request) (*http.Response, error) {
	return announcing(e.announced, e), nil
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.read += int64(len(p))
	return len(p), nil
}

func TestR19_NoMoreIsReadThanShowsThatItIsTooMuch(t *testing.T) {
	for _, announced := range []int64{-1, 5, 99, 100, 101} {
		body := &endless{announced: announced}
		assert.ErrorIs(t, doOver(t, body, 100).Err, ErrResponseLost)
		assert.EqualValues(t, 101, body.read, "announced as %d", announced)
	}
}

func TestR6_ControlCharactersInHeaders(t *testing.T) {
	for value, refused := range map[string]bool{"a b": false, "a\tb": false, "a\x1fb": true, "a\x7fb": true, "a\x00": true, "~": false} {
		assert.Equal(t, refused, hasControl(value), "%q", value)
	}
	for name, good := range map[string]bool{"azAZ09": true, "X-A_b.c": true, "": false, "a b": false, "a:b": false, "a@b": false, "a[b": false, "a/b": false, "a{b": false} {
		assert.Equal(t, good, token(name), "%q", name)
	}
}
