package timeline

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the files in testdata anew")

var begin = time.Date(2026, 11, 30, 13, 22, 5, 123e6, time.UTC)

func after(d time.Duration) time.Time { return begin.Add(d) }

var (
	done    = Outcome{Done, "done", "The operation was executed."}
	unknown = Outcome{Unclear, "unknown", "The operation may have been executed. Do not repeat it under another key."}
	ninety  = Window{after(4 * time.Millisecond), after(90 * time.Second), "The server remembers the key"}
)

const ms = time.Millisecond

// lostResponse is a call whose response is lost between two others.
var lostResponse = Timeline{
	Title: "IssuePass", Subject: "request req_0003", Outcome: done, Window: ninety,
	Steps: []Step{
		{Number: 1, Kind: Unclear, Status: 503, Detail: "server error", Start: begin, Took: 312 * ms, Wait: 480 * ms},
		{Number: 2, Kind: Lost, Detail: "connection reset", Start: after(793 * ms), Took: 88 * ms, Wait: 1200 * ms},
		{Number: 3, Kind: Replayed, Status: 201, Detail: "executed", Start: after(2083 * ms), Took: 140 * ms},
	},
}

// many returns a timeline of n attempts of all kinds.
func many(n int) Timeline {
	t := Timeline{Title: "CancelClassBooking", Outcome: unknown}
	for i := range n {
		t.Steps = append(t.Steps, Step{
			Number: i + 1, Kind: Kind(i % int(Moment)), Status: 503 * ((i + 1) % 2), Detail: "server error",
			Start: after(time.Duration(i) * 1100 * ms), Took: time.Duration(100+i*13) * ms, Wait: 300 * ms,
		})
	}
	return t
}

var pictures = map[string]Timeline{
	"lost_response": lostResponse,
	"one_attempt": {
		Title: "GetClient", Outcome: done,
		Steps: []Step{{Number: 1, Kind: Done, Status: 200, Detail: "executed", Start: begin, Took: 41 * ms}},
	},
	"many_attempts":     many(50),
	"too_many_attempts": many(400),
	"no_duration": {
		Title: "GetClient", Outcome: done, Steps: []Step{{Number: 1, Kind: Done, Status: 200, Start: begin}},
	},
	"nothing_sent": {
		Title: "IssuePass", Outcome: done, Notes: []string{"Nothing was sent: the journal has the result."},
	},
	"clock_set_back": {
		Title: "IssuePass", Outcome: done, Window: ninety,
		Steps: []Step{
			{Number: 1, Kind: TimedOut, Detail: "attempt timed out", Start: begin, Took: 15 * time.Second, Wait: time.Second},
			{Number: 2, Kind: Replayed, Status: 201, Detail: "executed", Start: after(-time.Hour), Took: 90 * ms},
		},
	},
	"past_the_window": {
		Title: "BookClass", Outcome: unknown, Window: ninety,
		Steps: []Step{
			{Number: 1, Kind: Rejected, Status: 429, Detail: "asked to slow down", Start: begin, Took: 20 * ms, Wait: time.Minute},
			{Number: 2, Kind: NotSent, Detail: "connection refused", Start: after(60020 * ms), Took: 2 * ms, Wait: 30 * time.Second},
			{Number: 3, Kind: TimedOut, Detail: "attempt timed out", Start: after(90030 * ms), Took: 15 * time.Second},
		},
	},
	"resolved_days_later": {
		Title: "PurchaseCredits", Subject: "order-17/credits", Outcome: done, Window: ninety,
		Steps: []Step{
			{Kind: Moment, Detail: "the intent was recorded", Start: begin},
			{
				Number: 3, Kind: TimedOut, Detail: "timed out waiting for the response headers",
				Start: after(31 * time.Second), Untimed: true,
			},
			{
				Kind: Moment, Start: after(75 * time.Hour),
				Detail: "resolved as executed purchase_0004, confirmed by the API, by ada: ticket 4711, seen in the dashboard",
			},
		},
	},
	"open_in_the_window": {
		Title: "IssuePass", Subject: "order-19/pass", Outcome: unknown, Window: ninety, Until: ninety.End,
		Steps: []Step{
			{Kind: Moment, Detail: "the intent was recorded", Start: begin},
			{Number: 1, Kind: Lost, Detail: "connection reset", Start: after(time.Second), Untimed: true},
		},
	},
	"open_since_days": {
		Title: "IssuePass", Subject: "order-20/pass", Outcome: unknown, Window: ninety, Until: after(75 * time.Hour),
		Steps: []Step{
			{Kind: Moment, Detail: "the intent was recorded", Start: begin},
			{Number: 1, Kind: TimedOut, Detail: "attempt timed out", Start: after(time.Minute), Untimed: true},
		},
	},
	"open_after_a_while": {
		Title: "IssuePass", Subject: "order-21/pass", Outcome: unknown, Window: ninety, Until: after(150 * time.Second),
		Steps: []Step{
			{Number: 1, Kind: TimedOut, Detail: "attempt timed out", Start: begin, Took: 15 * time.Second, Wait: time.Second},
			{Number: 2, Kind: TimedOut, Detail: "attempt timed out", Start: after(16 * time.Second), Took: 15 * time.Second},
		},
	},
	"running": {
		Title: "IssuePass", Subject: "order-18/pass", Outcome: unknown, Window: ninety, Until: ninety.End,
		Steps: []Step{
			{Kind: Moment, Detail: "the intent was recorded", Start: begin},
			{Number: 1, Kind: Lost, Detail: "connection reset", Start: after(2 * time.Second), Untimed: true},
			{Number: 2, Kind: Running, Detail: "a call works on it", Untimed: true},
		},
	},
}

// The pictures are looked at when they change: they are files for that.
func TestPictures(t *testing.T) {
	for name, one := range pictures {
		t.Run(name, func(t *testing.T) {
			first, second := one.SVG(), one.SVG()
			golden(t, filepath.Join("testdata", name+".svg"), first)
			assert.Equal(t, first, second, "it is deterministic")
		})
	}
}

// The documentation's picture is this package's work.
func TestDocsHaveThePicture(t *testing.T) {
	golden(t, filepath.Join("..", "..", "docs", "timeline.svg"), lostResponse.SVG())
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, "go test ./internal/timeline -update writes it anew")
}

// A page with a strict Content-Security-Policy shows it as it is.
func TestInlineHasNoStyle(t *testing.T) {
	svg := lostResponse.Inline("history")
	assert.NotContains(t, svg, "style")
	assert.NotContains(t, svg, "tl-paper")
	assert.Contains(t, svg, `aria-labelledby="history-title"`)
	assert.Contains(t, svg, `<title id="history-title">IssuePass: done after 3 attempts</title>`)
	for _, c := range colors {
		assert.Contains(t, CSS(), "."+c.class+"{color:"+c.light+"}")
		assert.Contains(t, CSS(), "."+c.class+"{color:"+c.dark+"}")
	}
}

// The table has what the picture has.
func TestRows(t *testing.T) {
	assert.Equal(t, []Row{
		{
			Number: "1", What: "unclear 503", Why: "server error", At: "0", Time: "2026-11-30 13:22:05.123 UTC",
			Took: "312 ms", Wait: "480 ms", Kind: Unclear,
		},
		{
			Number: "2", What: "no response", Why: "connection reset", At: "+793 ms",
			Time: "2026-11-30 13:22:05.916 UTC", Took: "88 ms", Wait: "1.2 s", Kind: Lost,
		},
		{
			Number: "3", What: "replayed 201", Why: "executed", At: "+2.08 s", Time: "2026-11-30 13:22:07.206 UTC",
			Took: "140 ms", Kind: Replayed,
		},
	}, lostResponse.Rows())
	running := pictures["running"].Rows()[2]
	assert.Equal(t, Row{Number: "2", What: "running", Why: "a call works on it", Kind: Running}, running)
}

func TestDescription(t *testing.T) {
	assert.Equal(t, "Attempt 1 at 0: unclear 503, server error, took 312 ms, then waited 480 ms. "+
		"Attempt 2 at +793 ms: no response, connection reset, took 88 ms, then waited 1.2 s. "+
		"Attempt 3 at +2.08 s: replayed 201, executed, took 140 ms. The operation was executed. "+
		"The server remembers the key until 2026-11-30 13:23:35.123 UTC, 90 s in all.", lostResponse.describe())
}

// An attempt that the wall clock dates before the end of the last one follows
// that and its wait.
func TestClockThatIsSetBack(t *testing.T) {
	c := pictures["clock_set_back"].course()
	assert.Equal(t, []span{{0, 15}, {16, 16.09}}, c.spans)
	assert.True(t, c.back)
	assert.False(t, lostResponse.course().back)
}

// Where an operation is open, the axis shows that the key's window goes on: to
// its end or, if that is past, to the present.
func TestAxisOfAnOpenOperationGoesOn(t *testing.T) {
	ends := func(name, has, hasNot string) {
		svg := pictures[name].SVG()
		assert.Contains(t, svg, has, name)
		assert.NotContains(t, svg, hasNot, name)
		s := newScale(pictures[name].course(), 400)
		assert.GreaterOrEqual(t, len(s.ticks()), 2, name)
	}
	ends("open_in_the_window", ">key ends, +90 s<", ">now,")
	ends("running", ">key ends, +90 s<", ">now,")
	ends("open_since_days", ">now, +3 d 3 h<", ">then waited<")
	ends("open_since_days", ">key ends, +90 s<", ">took<")
	ends("open_after_a_while", ">now, +2 min 30 s<", "60 s")
	ends("open_after_a_while", ">1 min<", ">1 min 30 s<")
	assert.NotContains(t, lostResponse.SVG(), ">key ends", "a call that is done does not wait for it")
}

// Paper is light, whatever the screen is.
func TestPrintIsLight(t *testing.T) {
	assert.Contains(t, lostResponse.SVG(), "@media screen and (prefers-color-scheme:dark)")
}

// A column without data is left out, and the plot has its room.
func TestColumnsWithoutData(t *testing.T) {
	assert.Equal(t, columns{plotW: 322, tookX: 760, waitX: 836}, newColumns(lostResponse.Rows()))
	assert.Equal(t, columns{plotW: 398, tookX: 836}, newColumns(pictures["one_attempt"].Rows()))
	assert.Equal(t, columns{plotW: 452}, newColumns(pictures["resolved_days_later"].Rows()))
	assert.Contains(t, lostResponse.SVG(), ">then waited<")
	assert.NotContains(t, pictures["resolved_days_later"].SVG(), ">took<")
}

// Labels of the axis do not touch, and are in the plot.
func TestTicksHaveRoom(t *testing.T) {
	for name, one := range pictures {
		plotW := newColumns(one.Rows()).plotW
		s := newScale(one.course(), plotW)
		end := -tickDistance
		for _, k := range s.ticks() {
			half := textWidth(k.text, 11.5) / 2
			assert.GreaterOrEqual(t, k.x-half, end, "%s: %v", name, s.ticks())
			assert.LessOrEqual(t, k.x, plotW, name)
			end = k.x + half
		}
	}
}

func TestLengths(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0 ms": 0, "<1 ms": time.Microsecond, "12 ms": 12 * ms, "999 ms": 999 * ms, "1 s": 999900 * time.Microsecond,
		"1.25 s": 1250 * ms, "10 s": 9999 * ms, "59.9 s": 59949 * ms, "90 s": 90 * time.Second,
		"1 min 40 s": 100 * time.Second, "2 min": 2 * time.Minute, "3 h": 3 * time.Hour,
		"3 h 5 min": 3*time.Hour + 5*time.Minute, "3 d 3 h": 75 * time.Hour,
	} {
		assert.Equal(t, want, length(d.Seconds()))
	}
	assert.Equal(t, "over 100 years", length(1e12))
}

// What is left out of the middle is counted.
func TestTooManyAttempts(t *testing.T) {
	svg := pictures["too_many_attempts"].SVG()
	assert.Contains(t, svg, "341 more attempts, not shown")
	assert.Len(t, shownRows(400), maxRows)
	assert.Len(t, shownRows(maxRows), maxRows)
	assert.Less(t, strings.Count(svg, "\n"), 2000)
}
