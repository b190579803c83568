package powercut

import (
	"encoding/gob"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestJ1_Killed: acknowledged writes are found after SIGKILLs of the processes
// that share a journal, and nothing else is found.
func TestJ1_Killed(t *testing.T) {
	t.Parallel()
	for _, processes := range []int{1, 3} {
		t.Run(fmt.Sprint(processes, " at a time"), func(t *testing.T) {
			t.Parallel()
			dir := keptIfFailed(t)
			dice := rand.New(rand.NewPCG(*seedFlag, uint64(processes)))
			h := historyOf(nil)
			for round := range *killsFlag {
				workAndKill(t, h, dir, processes, round, dice)
				v := h.verify(never, inspectedCopy(t, dir))
				require.True(t, v.good(), "seed %d, round %d: %s", *seedFlag, round, v)
			}
			t.Logf("seed %d: %d records after %d SIGKILLs", *seedFlag, len(h.records), *killsFlag*processes)
			assert.NotEmpty(t, h.records)
		})
	}
}

// workAndKill lets processes work on one journal, and kills each after a number
// of events. It adds their acknowledged writes to h.
func workAndKill(t *testing.T, h *history, dir string, processes, round int, dice *rand.Rand) {
	t.Helper()
	var all sync.WaitGroup
	events := make([][]event, processes)
	for p := range processes {
		cmd := childCommand("work", dir, "", *seedFlag+uint64(round*processes+p))
		cmd.Env = append(cmd.Env, fmt.Sprintf("%s=killed in %d/%d", envPrefix, round, p))
		limit := dice.IntN(8 * *ordersFlag)
		all.Go(func() { events[p] = killAfter(t, cmd, limit) })
	}
	all.Wait()
	for p := range processes {
		h.merge(historyOf(events[p]))
	}
}

// killAfter kills the process after this many events, and returns all that it
// recorded.
func killAfter(t *testing.T, cmd *exec.Cmd, limit int) []event {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if !assert.NoError(t, err) || !assert.NoError(t, cmd.Start()) {
		return nil
	}
	var events []event
	for in := gob.NewDecoder(out); ; {
		if len(events) == limit {
			_ = cmd.Process.Kill() // SIGKILL; it may have ended by itself
		}
		var e event
		if in.Decode(&e) != nil { // the last event may be half written
			break
		}
		events = append(events, e)
	}
	_ = cmd.Wait() // killed
	return events
}

// inspectedCopy returns what the journal finds in a copy of the directory.
func inspectedCopy(t *testing.T, dir string) state {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	require.NoError(t, os.CopyFS(to, os.DirFS(dir)))
	return inspected(t, to)
}

func (h *history) merge(other *history) {
	for id, writes := range other.records {
		h.records[id] = append(h.records[id], writes...)
	}
	maps.Copy(h.adopters, other.adopters)
	h.bindings = append(h.bindings, other.bindings...)
}
