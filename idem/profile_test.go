package idem

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

func withProfile(change func(*Profile)) func(*Config) {
	return func(c *Config) { change(&c.Profile) }
}

func TestProfile_WhatCannotWorkIsRefused(t *testing.T) {
	for name, row := range map[string]struct {
		field  string
		change func(*Config)
	}{
		"nothing carries the key": {"Profile.KeyHeader", withProfile(func(p *Profile) { p.KeyHeader = "" })},
		"two carry the key":       {"Profile.KeyField", withProfile(func(p *Profile) { p.KeyField = "key" })},
		"a member that JSON cannot name": {"Profile.KeyField", withProfile(func(p *Profile) {
			p.KeyHeader, p.KeyField = "", "key\xff"
		})},
		"header is no token": {"Profile.KeyHeader", withProfile(func(p *Profile) { p.KeyHeader = "a b" })},
		"quotes in a body": {"Profile.QuoteKey", withProfile(func(p *Profile) {
			p.KeyHeader, p.KeyField, p.QuoteKey = "", "key", true
		})},
		"no window":               {"Profile.KeyTTL", withProfile(func(p *Profile) { p.KeyTTL = 0 })},
		"a window without an end": {"Profile.KeyTTL", withProfile(func(p *Profile) { p.KeyTTL = math.MaxInt64 })},
		"keys of 31 bytes":        {"Profile.MintKey", withProfile(func(p *Profile) { p.KeyMaxLength = 31 })},
		"keys over 40 bytes": {"Profile.MintKey", withProfile(func(p *Profile) {
			p.KeyMinLength, p.KeyMaxLength = 41, 64
		})},
		"keys of capitals": {"Profile.MintKey", withProfile(func(p *Profile) {
			p.KeyAlphabet = func(b byte) bool { return b >= 'A' && b <= 'Z' }
		})},
		"a mint that does not fit": {"Profile.MintKey", withProfile(func(p *Profile) {
			p.KeyMaxLength = 32
			p.MintKey = func(id [16]byte) string { return uuid.UUID(id).String() }
		})},
		"a mint of one key": {"Profile.MintKey", withProfile(func(p *Profile) {
			p.MintKey = func([16]byte) string { return "always-this" }
		})},
		"one attempt by the margin": {"Profile.MaxElapsedTime", func(c *Config) { c.Profile.MaxElapsedTime = 5 * time.Second }},
		"one attempt by a longer margin": {"Profile.MaxElapsedTime", func(c *Config) {
			c.Profile.MaxElapsedTime, c.Policy.KeyTTLMargin = 30*time.Second, 30*time.Second
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c := Config{Profile: testProfile(), BaseURL: "https://api.test"}
			row.change(&c)
			_, err := New(c)
			assertInvalid(t, row.field, err)
		})
	}
}

// A settlement of "not executed" rests on these sums.
func TestProfile_TheLongestWindowDoesNotOverflow(t *testing.T) {
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		now := w.engine.clock.Now()
		e := entry{Record: journal.Record{Key: "k", Since: now.WallTime()}, asked: now}
		assert.Greater(t, w.engine.mayExecuteFor(e, true), maxKeyTTL)
		from, to := w.engine.executable(e)
		assert.Greater(t, to.Sub(from), maxKeyTTL)
	}, withProfile(func(p *Profile) { p.KeyTTL = maxKeyTTL }))
}

// upper writes 16 bytes in capitals, as some vendors want them.
func upper(id [16]byte) string { return "K" + strings.ToUpper(uuidDigits(id)) }

func TestProfile_MintedKeysAreTheVendors(t *testing.T) {
	for name, row := range map[string]struct {
		change func(*Profile)
		length int
	}{
		"as they are":      {func(*Profile) {}, 36},
		"at most 36":       {func(p *Profile) { p.KeyMaxLength = 36 }, 36},
		"at most 35":       {func(p *Profile) { p.KeyMaxLength = 35 }, 32},
		"32 digits":        {func(p *Profile) { p.KeyMinLength, p.KeyMaxLength = 32, 32 }, 32},
		"no hyphens":       {func(p *Profile) { p.KeyAlphabet = func(b byte) bool { return b != '-' } }, 32},
		"the vendor's own": {func(p *Profile) { p.KeyAlphabet, p.MintKey = func(b byte) bool { return b < 'a' }, upper }, 33},
		"longer than a UUID": {func(p *Profile) {
			p.KeyMinLength, p.MintKey = 66, func(id [16]byte) string { return upper(id) + upper(id) }
		}, 66},
		"exactly the minimum": {func(p *Profile) { p.KeyMinLength = 36 }, 36},
	} {
		t.Run(name, func(t *testing.T) {
			var rec recorder
			inWorld(t, rec.then(says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
				given := ofKey(post(Keyed), w.engine.NewKey())
				require.NoError(t, w.do(given).Err)
				require.NoError(t, w.do(post(Keyed)).Err)
				require.NoError(t, w.do(withRef(Keyed)).Err)
				keys := map[string]bool{}
				for _, s := range rec.seen {
					keys[s.header.Get("Idempotency-Key")] = true
				}
				assert.Len(t, keys, 3, "given, minted, of a ref")
				for k := range keys {
					assert.Len(t, k, row.length)
					assert.NoError(t, w.engine.profile.checkKey(k))
				}
			}, withProfile(row.change), func(c *Config) { c.Journal = journal.NewMemory() })
		})
	}
}

func TestR6_AMintThatFailsLaterSendsNothing(t *testing.T) {
	for name, broken := range map[string]string{"nothing": "", "too long": strings.Repeat("k", 256), "blanks": "a b"} {
		for ref, call := range map[string]Call{"of a call": post(Keyed), "of a ref": withRef(Keyed)} {
			t.Run("R6 "+name+" "+ref, func(t *testing.T) {
				fails := false
				inWorld(t, script(lose, says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
					fails = true
					r := w.do(call)
					assert.Equal(t, OutcomeNotSent, r.Outcome)
					assertInvalid(t, "Profile.MintKey", r.Err)
					assert.Zero(t, w.hits.Load())
					fails = false
					assert.NoError(t, w.do(call).Err, "its ref is free")
				}, withProfile(func(p *Profile) {
					p.MintKey = func(id [16]byte) string {
						if fails {
							return broken
						}
						return upper(id)
					}
				}), func(c *Config) { c.Journal = journal.NewMemory() })
			})
		}
	}
}

func TestR4_AShortKeyTellsItsDate(t *testing.T) {
	minted := time.Now().Add(-time.Minute)
	k := usedKey(t, uuidDigits(newUUIDv7(minted)), time.Time{})
	assert.InDelta(t, minted.UnixMilli(), k.tracker.snapshot().since.WallTime().UnixMilli(), 1000)
}

func TestProfile_KeysAreQuotedOnTheWireAlone(t *testing.T) {
	var rec recorder
	inWorld(t, rec.then(script(lose, says(200, `{"id":"x"}`))), func(t *testing.T, w *world) {
		c := ofKey(post(Keyed), freshKey(t, `a"b\c`))
		r := w.do(c)
		require.NoError(t, r.Err)
		assert.Equal(t, `a"b\c`, r.Key.String())
		require.Len(t, rec.seen, 2)
		assert.Equal(t, []string{`"a\"b\\c"`}, rec.seen[0].header.Values("Idempotency-Key"))
		rec.assertAlike(t)
	}, withProfile(func(p *Profile) { p.QuoteKey = true }))
}

func inBody(p *Profile) { p.KeyHeader, p.KeyField = "", "idempotency_key" }

func TestProfile_TheKeyIsInTheBody(t *testing.T) {
	for name, row := range map[string]struct{ body, rest string }{
		"members":     {`{"a":1}`, `,"a":1}`},
		"none":        {`{}`, `}`},
		"blanks":      {" \n{ }", ` }`},
		"big numbers": {`{"n":12345678901234567890.0,"e":"é"}`, `,"n":12345678901234567890.0,"e":"é"}`},
		"nested":      {`{"a":{"idempotency_key":"of another"}}`, `,"a":{"idempotency_key":"of another"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			var rec recorder
			inWorld(t, rec.then(script(lose, says(200, `{"id":"x"}`))), func(t *testing.T, w *world) {
				c := withRef(Keyed)
				c.Request.Body = []byte(row.body)
				r := w.do(c)
				require.NoError(t, r.Err)
				require.Len(t, rec.seen, 2)
				assert.Equal(t, `{"idempotency_key":`+strconv.Quote(r.Key.String())+row.rest, rec.seen[0].body)
				assert.Empty(t, rec.seen[0].header.Values("Idempotency-Key"))
				rec.assertAlike(t)
				assert.True(t, w.do(c).FromJournal, "the body of the request has no key")
			}, withProfile(inBody), func(c *Config) { c.Journal = journal.NewMemory() })
		})
	}
}

func TestProfile_ABodyThatTakesNoKeyIsNotSent(t *testing.T) {
	for name, body := range map[string]string{
		"none": "", "array": `[1]`, "null": `null`, "text": `a=1`, "cut": `{"a":`, "two": `{}{}`,
		"a key of its own": `{"idempotency_key":"k"}`, "one in disguise": `{"Idempotency_Key":"k"}`,
		"one in escapes": `{"idempotency\u005fkey":"k"}`,
	} {
		t.Run(name, worldTest(says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
			c := post(Keyed)
			c.Request.Body = []byte(body)
			r := w.do(c)
			assertInvalid(t, "body", r.Err)
			assert.Equal(t, OutcomeNotSent, r.Outcome)
			assert.Zero(t, w.hits.Load())
			c.Request.Operation.Class, c.Request.Body = Idempotent, []byte(`[1]`)
			assert.NoError(t, w.do(c).Err, "no key is added to it")
		}, withProfile(inBody)))
	}
}

func TestProfile_AReplayIsMarkedInTheVendorsWay(t *testing.T) {
	for name, row := range map[string]struct {
		change func(*Profile)
		header http.Header
		replay bool
	}{
		"by value":               {func(*Profile) {}, http.Header{"X-Replayed": {" True "}}, true},
		"by another value":       {func(*Profile) {}, http.Header{"X-Replayed": {"false"}}, false},
		"by presence":            {func(p *Profile) { p.ReplayValue = "" }, http.Header{"X-Replayed": {"1764520000"}}, true},
		"by presence, empty":     {func(p *Profile) { p.ReplayValue = "" }, http.Header{"X-Replayed": {""}}, false},
		"by presence, not there": {func(p *Profile) { p.ReplayValue = "" }, http.Header{}, false},
		"by function": {func(p *Profile) {
			p.Replayed = func(h http.Header) bool { return h.Get("Age") != "0" }
		}, http.Header{"Age": {"3"}}, true},
		"the function alone counts": {func(p *Profile) {
			p.Replayed = func(http.Header) bool { return false }
		}, http.Header{"X-Replayed": {"true"}}, false},
		"not at all": {func(p *Profile) { p.ReplayHeader = "" }, http.Header{"X-Replayed": {"true"}, "": {"true"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := testProfile()
			row.change(&p)
			p, err := p.withDefaults()
			require.NoError(t, err)
			assert.Equal(t, row.replay, isReplay(&p, row.header))
		})
	}
}

// shouldRetry is a vendor whose header says whether a rejection passes.
func shouldRetry(status int, h http.Header, body []byte) Signal {
	if h.Get("Should-Retry") == "true" {
		return SignalRetryable
	}
	return testClassify(status, h, body)
}

func TestProfile_TheClassifierSeesHeaders(t *testing.T) {
	passing := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Should-Retry", "true")
		says(409, errorObject)(w, r)
	}
	inWorld(t, script(passing, says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
		r := w.do(post(Keyed))
		require.NoError(t, r.Err)
		assert.EqualValues(t, 2, w.hits.Load())
	}, withProfile(func(p *Profile) { p.Classify = shouldRetry }))
	inWorld(t, script(passing, says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
		c := post(Keyed)
		c.Request.Operation.Classify = shouldRetry
		assert.NoError(t, w.do(c).Err, "an operation's own, too")
	})
}
