package sandbox

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestKeyringForgetsKeysThatAreOver(t *testing.T) {
	now := time.Unix(0, 0)
	keys := newKeyring(bardgeRules(), func() time.Time { return now })
	answered := func() *answer { return &answer{} }
	for i := range 1000 {
		now = now.Add(time.Second)
		keys.answer(scopedKey{"r", fmt.Sprint(i)}, fingerprint{}, answered)
		assert.LessOrEqual(t, len(keys.slots), 90)
		assert.Len(t, keys.queue, len(keys.slots))
	}
}

func TestKeyringKeepsKeysThatWereTakenUpAnew(t *testing.T) {
	now := time.Unix(0, 0)
	keys := newKeyring(bardgeRules(), func() time.Time { return now })
	ran := 0
	run := func() *answer { ran++; return &answer{} }
	key, slow := scopedKey{"r", "key"}, scopedKey{"r", "slow"}

	keys.answer(slow, fingerprint{}, func() *answer { // the oldest key, which keeps those behind it from being forgotten
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
