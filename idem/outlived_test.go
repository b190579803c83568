package idem

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An observer that takes its time makes an outcome old: another call under the
// same key may have been executed before the first one returns.
func TestR39_AnOutcomeIsTrueWhenItIsReturned(t *testing.T) {
	for name, other := range map[string]bool{"R39 another call under the key": true, "R39 no other call": false} {
		t.Run(name, func(t *testing.T) {
			key := NewKey()
			var inner bool
			inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
				w.listener.SetDown(true)
				c := post(Keyed)
				c.Key, c.Policy.MaxAttempts = key, 1
				w.engine.observe = func(e Event) {
					if e.Kind != EventCallEnded || inner || !other {
						return
					}
					inner = true
					w.listener.SetDown(false)
					second := post(Keyed)
					second.Key = key
					require.NoError(t, w.engine.Do(context.Background(), second).Err)
				}
				r := w.do(c)
				require.Error(t, r.Err)
				if other {
					assert.Equal(t, OutcomeUnknown, r.Outcome)
				} else {
					assert.Equal(t, OutcomeNotSent, r.Outcome)
				}
			})
		})
	}
}
