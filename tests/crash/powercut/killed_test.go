package powercut

import (
	"encoding/gob"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestKilled: what was acknowledged is found after SIGKILLs, and nothing is found
// that was not written. The kernel survives, so that every write does.
func TestKilled(t *testing.T) {
	t.Parallel()
	for _, processes := range []int{1, 3} {
		t.Run(fmt.Sprint(processes), func(t *testing.T) {
			t.Parallel()
			dir := keptIfFailed(t)
			h := historyOf(nil)
			for round := range *killsFlag {
				for _, events := range killed(t, dir, processes, round) {
					h.merge(historyOf(events))
				}
				s := inspected(t, dir)
				v := h.judge(never, s)
				require.True(t, v.good(), "seed %d, round %d: %s", *seedFlag, round, v)
				h.used(s)
			}
			t.Logf("seed %d: %d records after %d SIGKILLs", *seedFlag, len(h.records), *killsFlag*processes)
		})
	}
}
