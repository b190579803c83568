//go:build !race

package speed

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/bench/speed/measurement"
)

// maxHeld is a stack of 4 KiB and what a call has on the heap. A call whose
// frames go deeper, even for a moment before it waits, has its stack copied to
// 8 KiB, and holds 3 KiB more than this. The race detector's frames are larger.
const maxHeld = 8 << 10

func TestAWaitingCallFitsIntoASmallStack(t *testing.T) {
	held, err := measurement.InFlight(peers.SDK, thorough.flying)
	require.NoError(t, err)
	assert.LessOrEqual(t, held, float64(maxHeld), "bytes")
}
