package idem

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

func TestR2_MintedKeysAreVersion7AndDated(t *testing.T) {
	before := time.Now()
	id, err := uuid.Parse(NewKey().String())
	require.NoError(t, err)
	assert.Equal(t, uuid.Version(7), id.Version())
	assert.Equal(t, uuid.RFC4122, id.Variant())
	assert.WithinRange(t, uuidDate(id), before.Add(-time.Second), time.Now().Add(time.Second))
}

// The library never goes back: after a clock step its dates lie in the future.
func TestR2_ClockSetBack(t *testing.T) {
	newUUIDv7(time.Now()) // the library has seen the present
	for _, now := range []time.Time{
		time.Date(2021, 3, 4, 5, 6, 7, 0, time.UTC),
		time.Now().Add(-time.Hour),
		time.Now().Add(time.Hour),
	} {
		id := newUUIDv7(now)
		assert.Equal(t, uuid.Version(7), id.Version())
		assert.InDelta(t, now.UnixMilli(), uuidDate(id).UnixMilli(), 1000)
		assert.NotEqual(t, id, newUUIDv7(now), "still unique")
	}
}

func TestR4_DateOfAKey(t *testing.T) {
	now := time.Date(2026, 5, 20, 7, 0, 0, 0, time.UTC)
	at := func(t time.Time) string { return newUUIDv7(t).String() }
	for name, row := range map[string]struct {
		key   string
		dated bool
	}{
		"version 7 of now":      {key: at(now), dated: true},
		"version 7 of 2000":     {key: at(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)), dated: true},
		"version 7 before 2000": {key: at(time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC))},
		"version 7 of tomorrow": {key: at(now.Add(23 * time.Hour)), dated: true},
		"version 7 after that":  {key: at(now.Add(25 * time.Hour))},
		"version 4":             {key: uuid.NewString()},
		"another variant":       {key: at(now)[:19] + "c" + at(now)[20:]},
		"upper case":            {key: strings.ToUpper(at(now))},
		"in braces":             {key: "{" + at(now) + "}"},
		"as a URN":              {key: "urn:uuid:" + at(now)},
		"no UUID":               {key: "order-8812"},
		"empty":                 {},
	} {
		t.Run(name, func(t *testing.T) {
			_, dated := keyDate(row.key, now)
			assert.Equal(t, row.dated, dated)
		})
	}
}

func TestR4_KeysFromOutside(t *testing.T) {
	_, err := UnsentKey("")
	assert.Error(t, err)
	_, err = SentKey("", time.Now())
	assert.Error(t, err)
	_, err = SentKey("order-8812", time.Time{})
	assert.ErrorContains(t, err, "has no date in it")

	k := usedKey(t, "order-8812", time.Now())
	assert.Equal(t, OutcomeUnknown, k.tracker.snapshot().outcome, "it may have been executed")

	fresh := freshKey(t, "order-8812")
	assert.Equal(t, OutcomeNotSent, fresh.tracker.snapshot().outcome)
	assert.True(t, fresh.tracker.snapshot().since.IsZero())
}

// R7: a dated key's window never ends later than its date plus the TTL.
func TestR7_ADatedKeyWasNotSentBeforeItsDate(t *testing.T) {
	minted := time.Now().Add(-time.Minute)
	s := newUUIDv7(minted).String()
	k := usedKey(t, s, time.Now())
	assert.InDelta(t, minted.UnixMilli(), k.tracker.snapshot().since.WallTime().UnixMilli(), 1000)
	k = usedKey(t, s, minted.Add(-time.Minute))
	assert.InDelta(t, minted.Add(-time.Minute).UnixMilli(), k.tracker.snapshot().since.WallTime().UnixMilli(), 1000, "an earlier word counts")
}

func TestR6_KeysThatTheServerWouldNotTake(t *testing.T) {
	p, err := testProfile().withDefaults()
	require.NoError(t, err)
	narrow := p
	narrow.KeyMaxLength = 64
	narrow.KeyAlphabet = func(b byte) bool { return b == '-' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' }
	for name, row := range map[string]struct {
		profile Profile
		key     string
		reason  string
	}{
		"empty":                 {profile: p, reason: "is empty"},
		"255 bytes":             {profile: p, key: strings.Repeat("k", 255)},
		"256 bytes":             {profile: p, key: strings.Repeat("k", 256), reason: "has 256 bytes"},
		"space":                 {profile: p, key: "a b", reason: "not allowed at byte 1"},
		"line break":            {profile: p, key: "a\r\nX: y", reason: "not allowed at byte 1"},
		"not ASCII":             {profile: p, key: "clé", reason: "not allowed at byte 2"},
		"delete":                {profile: p, key: "a\x7f", reason: "not allowed at byte 1"},
		"every visible one":     {profile: p, key: "!~\"'\\{}"},
		"outside the alphabet":  {profile: narrow, key: "a_b", reason: "not allowed at byte 1"},
		"inside the alphabet":   {profile: narrow, key: "a-9"},
		"too long for a vendor": {profile: narrow, key: strings.Repeat("k", 65), reason: "has 65 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			err := row.profile.checkKey(row.key)
			if row.reason == "" {
				assert.NoError(t, err)
				return
			}
			require.Error(t, err)
			assert.ErrorContains(t, err, row.reason)
			if row.key != "" {
				assert.NotContains(t, err.Error(), row.key, "R23: what is in a bad key is not known")
			}
		})
	}
}

func TestR23_KeysPrintTheirValueAlone(t *testing.T) {
	k := usedKey(t, "order-8812", time.Now())
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
		assert.Equal(t, "order-8812", fmt.Sprintf(verb, k))
	}
	assert.Equal(t, "order-8812", k.LogValue().String())
}

func TestRefKey_EachPartCounts(t *testing.T) {
	base := derive("IssuePass", "POST", "/x", "order-1", "1")
	assert.Equal(t, uuid.Version(8), base.Version())
	assert.Equal(t, uuid.RFC4122, base.Variant())
	assert.Equal(t, base, derive("IssuePass", "POST", "/x", "order-1", "1"))
	for _, other := range [][]string{
		{"IssuePass", "POST", "/x", "order-1", "2"},
		{"IssuePass", "POST", "/x", "order-11", ""},
		{"IssuePas", "sPOST", "/x", "order-1", "1"},
	} {
		assert.NotEqual(t, base, derive(other...))
	}
}

func FuzzR4_SentKey(f *testing.F) {
	for _, s := range []string{NewKey().String(), "order-8812", "", "018f0000-0000-7000-8000-000000000000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k, err := SentKey(s, time.Time{})
		if err != nil {
			return
		}
		assert.Equal(t, s, k.String())
		assert.False(t, k.tracker.snapshot().since.IsZero(), "a sent key has a window")
	})
}

func remembered(r *keyRegistry) int {
	n := len(r.inUse)
	for _, g := range r.idle.all {
		n += len(g.values)
	}
	return n
}

func TestKeysAndOutcomesAsText(t *testing.T) {
	type order struct {
		Key     Key     `json:"key"`
		Outcome Outcome `json:"outcome"`
		Verdict Verdict `json:"verdict,omitempty"`
	}
	key := NewKey()
	text, err := json.Marshal(order{key, OutcomeNotSent, VerdictDone})
	require.NoError(t, err)
	assert.JSONEq(t, `{"key":"`+key.String()+`","outcome":"not sent","verdict":"done"}`, string(text))

	var read order
	require.NoError(t, json.Unmarshal([]byte(`{"key":"`+key.String()+`","outcome":"done"}`), &read))
	assert.Equal(t, key.String(), read.Key.String())
	assert.Equal(t, OutcomeUnknown, read.Key.tracker.snapshot().outcome, "it may have been sent")
	assert.Equal(t, OutcomeDone, read.Outcome)
	for o := OutcomeUnknown; o <= OutcomeDone; o++ {
		var again Outcome
		require.NoError(t, again.UnmarshalText([]byte(o.String())))
		assert.Equal(t, o, again)
	}
	require.NoError(t, json.Unmarshal([]byte(`{"key":""}`), &read))
	assert.True(t, read.Key.IsZero())
	require.ErrorContains(t, json.Unmarshal([]byte(`{"key":"order-17"}`), &read), "no date")
	require.ErrorContains(t, json.Unmarshal([]byte(`{"outcome":"perhaps"}`), &read), "outcome is none that there is")
}

func TestR4_AKeyMintedForOneCallIsNotRemembered(t *testing.T) {
	inWorld(t, script(lose, says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
		c := post(Keyed)
		c.Key, c.SingleUseKey, c.Policy.MaxAttempts = NewKey(), true, 1
		r := w.do(c)
		assert.Equal(t, OutcomeUnknown, r.Outcome)
		assert.Equal(t, c.Key.String(), r.Key.String())
		assert.Zero(t, remembered(w.engine.keys))

		c.Key, c.SingleUseKey = r.Key, false
		r = w.do(c)
		require.NoError(t, r.Err)
		assert.Equal(t, 1, remembered(w.engine.keys), "what a caller brings is")
	})
}

// Two accounts of one key: what either proves holds, and no account of a send
// is forgotten for another that knows of none.
func TestR4_JoinedAccountsOfAKey(t *testing.T) {
	const u, n, r, d = OutcomeUnknown, OutcomeNotSent, OutcomeRejected, OutcomeDone
	outcomes := []Outcome{u, n, r, d}
	rows := map[Outcome][4]Outcome{ // joined with unknown, not sent, rejected, done
		u: {u, u, u, d},
		n: {u, n, r, d},
		r: {u, r, r, d},
		d: {d, d, d, d},
	}
	for a, want := range rows {
		for i, b := range outcomes {
			assert.Equal(t, want[i], mergeOutcomes(a, b), "%s and %s", a, b)
		}
	}
}

// Of two Keys of the same string each learns what a call with one of them
// learned.
func TestR4_EachAccountOfAKeyIsKeptUpToDate(t *testing.T) {
	now := clock.Clock{}.Now()
	for name, row := range map[string]struct {
		learn func(keyHandle)
		since clock.Timestamp
	}{
		"an attempt ends":              {learn: func(h keyHandle) { h.begin(now); h.end(VerdictAmbiguous) }, since: now},
		"a byte left after the end":    {learn: func(h keyHandle) { h.late(now) }, since: now},
		"a verdict without an attempt": {learn: func(h keyHandle) { h.fold(VerdictAmbiguous) }, since: clock.Timestamp{}},
	} {
		t.Run(name, func(t *testing.T) {
			ring := newKeyRegistry(90 * time.Second)
			first, second := freshKey(t, "order-8812"), freshKey(t, "order-8812")
			ring.acquire(first, now)
			row.learn(ring.acquire(second, now))
			for _, k := range []Key{first, second} {
				assert.Equal(t, keySnapshot{since: row.since, outcome: OutcomeUnknown}, k.tracker.snapshot())
			}
		})
	}
}

func TestR7_JoinedStatesOfAKeyAreOne(t *testing.T) {
	now := clock.Clock{}.Now()
	for _, pairs := range [][][2]int{
		{{0, 1}, {2, 3}, {1, 3}}, {{0, 1}, {1, 2}, {2, 3}}, {{3, 2}, {2, 1}, {1, 0}}, {{0, 3}, {1, 3}, {2, 3}, {0, 1}, {3, 0}},
	} {
		all := []*keyTracker{newKeyTracker(), newKeyTracker(), newKeyTracker(), newKeyTracker()}
		var users sync.WaitGroup
		for _, s := range all {
			s.begin(now)
			users.Go(func() {
				for range 100 {
					s.begin(now)
					s.end(VerdictNothingSent)
				}
			})
		}
		for _, p := range pairs {
			users.Go(func() { all[p[0]].join(all[p[1]]) })
		}
		users.Wait()
		for _, s := range all {
			assert.EqualValues(t, 4, s.snapshot().pending, "the attempts of all")
		}
		all[2].end(VerdictDone)
		for _, s := range all {
			assert.Equal(t, keySnapshot{since: now, outcome: OutcomeDone, pending: 3}, s.snapshot())
		}
	}
}

func TestR4_JoinedStatesBelongToOneRequest(t *testing.T) {
	for name, row := range map[string]struct {
		one, other requestHash // 0: to none yet
		ours       []requestHash
	}{
		"to none":   {ours: []requestHash{1}},
		"the one":   {one: 1, ours: []requestHash{1}},
		"the other": {other: 2, ours: []requestHash{2}},
		"both":      {one: 1, other: 1, ours: []requestHash{1}},
		"to two":    {one: 1, other: 2},
	} {
		one, other := newKeyTracker(), newKeyTracker()
		for s, p := range map[*keyTracker]requestHash{one: row.one, other: row.other} {
			if p != 0 {
				s.bind(p)
			}
		}
		one.join(other)
		var ours []requestHash
		for _, p := range []requestHash{1, 2} {
			if _, ok := other.bind(p); ok {
				ours = append(ours, p)
			}
		}
		assert.Equal(t, row.ours, ours, name)
	}
}

// A key has no window as long as nothing is sent under it; what is under way
// may be.
func TestR7_TheWindowOfWhatIsUnderWayIsKept(t *testing.T) {
	first, s := clock.Clock{}.Now(), newKeyTracker()
	s.begin(first)
	s.begin(clock.Timestamp{Mono: first.Mono + time.Second, Wall: first.Wall + time.Second})
	assert.Equal(t, first, s.end(VerdictNothingSent).since, "another attempt is under way")
	assert.True(t, s.end(VerdictNothingSent).since.IsZero())
}
