package idem

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A key that no other call can bring is not kept for its window's length; the
// Key itself goes on knowing.
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
