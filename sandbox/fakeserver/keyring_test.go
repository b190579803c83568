package fakeserver

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

var remembering = KeyRules{Memory: 90 * time.Second}

// testKeyring runs requests as a server does.
type testKeyring struct {
	*keyring

	mu  sync.Mutex
	now func() time.Time
}

func newTestKeyring(rules KeyRules, now func() time.Time) *testKeyring {
	keys := &testKeyring{keyring: newKeyring(), now: now}
	keys.rules = &rules
	return keys
}

func (k *testKeyring) answer(key scopedKey, sum fingerprint, run func() *Response) (*Response, verdict) {
	k.mu.Lock()
	slot, fresh := k.take(key, sum, k.now())
	k.mu.Unlock()
	if fresh {
		a := run()
		k.mu.Lock()
		defer k.mu.Unlock()
		k.settle(slot, a, "")
		return a, verdictRun
	}
	v := k.rules.judge(slot, sum)
	if v != verdictReplay {
		return nil, v
	}
	<-slot.done
	return slot.answer, v
}

func TestKeyringForgetsKeysThatAreOver(t *testing.T) {
	now := time.Unix(0, 0)
	keys := newTestKeyring(remembering, func() time.Time { return now })
	answered := func() *Response { return &Response{} }
	for i := range 1000 {
		now = now.Add(time.Second)
		keys.answer(scopedKey{"r", fmt.Sprint(i)}, fingerprint{}, answered)
		assert.LessOrEqual(t, len(keys.slots), 90)
		assert.Len(t, keys.queue, len(keys.slots))
	}
}

func TestKeyringKeepsKeysThatWereTakenUpAnew(t *testing.T) {
	now := time.Unix(0, 0)
	keys := newTestKeyring(remembering, func() time.Time { return now })
	ran := 0
	run := func() *Response { ran++; return &Response{} }
	key, slow := scopedKey{"r", "key"}, scopedKey{"r", "slow"}

	keys.answer(slow, fingerprint{}, func() *Response { // the oldest key, which keeps those behind it from being forgotten
		keys.answer(key, fingerprint{}, run)
		now = now.Add(90 * time.Second)
		keys.answer(key, fingerprint{}, run)
		return run()
	})
	assert.Equal(t, 3, ran, "taken up anew after 90 s")
	_, verdict := keys.answer(key, fingerprint{}, run)
	assert.Equal(t, verdictReplay, verdict, "its older self was forgotten, not this one")
	assert.Len(t, keys.slots, 1)
}

func TestKeyringForgetsAnswersThatAreNotStored(t *testing.T) {
	now := time.Unix(0, 0)
	rules := remembering
	rules.Stored = func(status int) bool { return status < 500 }
	keys := newTestKeyring(rules, func() time.Time { return now })
	ran := 0
	for _, row := range []struct {
		status, ran, kept int
	}{{500, 1, 0}, {503, 2, 0}, {201, 3, 1}, {201, 3, 1}} {
		keys.answer(scopedKey{"r", "k"}, fingerprint{}, func() *Response { ran++; return NewResponse(row.status, "", nil) })
		assert.Equal(t, row.ran, ran)
		assert.Len(t, keys.slots, row.kept)
	}
	for range 200 { // those that were not stored are dropped from the queue as well
		now = now.Add(time.Second)
		keys.answer(scopedKey{"r", now.String()}, fingerprint{}, func() *Response { return NewResponse(500, "", nil) })
		assert.LessOrEqual(t, len(keys.queue), 92)
	}
	assert.Empty(t, keys.slots)
}

func TestKeyringSharesAnAnswerOrReportsThatItIsRunning(t *testing.T) {
	for waits, want := range map[bool]verdict{true: verdictReplay, false: verdictInProgress} {
		synctest.Test(t, func(t *testing.T) {
			rules := remembering
			rules.Waits = waits
			keys, key := newTestKeyring(rules, time.Now), scopedKey{"r", "k"}
			go keys.answer(key, fingerprint{}, func() *Response {
				time.Sleep(time.Minute)
				return NewResponse(201, "", nil)
			})
			synctest.Wait()
			_, reused := keys.answer(key, fingerprint{1}, nil)
			assert.Equal(t, verdictReused, reused, "another request is refused at once")
			a, got := keys.answer(key, fingerprint{}, nil)
			assert.Equal(t, want, got)
			assert.Equal(t, waits, a != nil)
			time.Sleep(time.Minute)
		})
	}
}
