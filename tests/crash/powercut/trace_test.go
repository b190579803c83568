package powercut

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// event is one step of a recording. Its place in the recording is its time: a
// power cut at n leaves the events before n. Exactly one field is set.
type event struct {
	Disk  *diskEvent
	Begin *call
	End   *result
	Phase string // a part of the load begins
}

type diskKind uint8

const (
	found     diskKind = iota + 1 // a file was there, durably, when the recording began
	created                       // a name was given to a new file
	removed                       // a name was taken away
	written                       // bytes were written
	resized                       // the length was set
	synced                        // fsync of a file has returned
	dirSynced                     // fsync of the directory has returned
)

type diskEvent struct {
	Kind   diskKind
	Name   string // of found, created and removed
	Inode  int
	Offset int64 // of written: where; of resized: the length
	Data   []byte
	// Began is when the fsync began: it covers the events before.
	Began int
}

type call struct {
	Record  journal.Record // of Save, as passed
	Adopter string         // of Adopt: the owner
	Binding []byte         // of Bind
}

type result struct {
	Began   int // the event of the call
	Status  status
	Records []journal.Record // of Adopt: what it returned
}

type status uint8

const (
	// acknowledged: the journal returned success.
	acknowledged status = iota + 1
	refused
	// doubtful: the journal returned an error that leaves the write in doubt.
	doubtful
)

func statusOf(ok bool, err error) status {
	switch {
	case errors.Is(err, journal.ErrNotCommitted), err == nil && !ok:
		return refused
	case err != nil:
		return doubtful
	default:
		return acknowledged
	}
}

type trace struct {
	mu     sync.Mutex
	events []event
	out    *gob.Encoder // of each event at once; nil: none
}

func (t *trace) add(e event) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.append(e)
}

func (t *trace) append(e event) int {
	t.events = append(t.events, e)
	if t.out != nil {
		if err := t.out.Encode(e); err != nil {
			panic(err) // the test cannot verify what it did not write down
		}
	}
	return len(t.events) - 1
}

func (t *trace) now() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.events)
}

func writeEvents(path string, events []event) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := gob.NewEncoder(f)
	for _, e := range events {
		if err := out.Encode(e); err != nil {
			return err
		}
	}
	return nil
}

// readEvents reads a recording, up to where its writer was killed.
func readEvents(path string) ([]event, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var events []event
	for in := gob.NewDecoder(f); ; {
		var e event
		err := in.Decode(&e)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return events, nil
		}
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
}

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
