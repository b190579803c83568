package powercut

import (
	"bytes"
	"encoding/gob"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	seedFlag   = flag.Uint64("powercut.seed", 1, "seed of the power cuts and of the load")
	imagesFlag = flag.Int("powercut.images", 8, "power cuts in each row of the table")
	killsFlag  = flag.Int("powercut.kills", 3, "times that each process is killed")
	ordersFlag = flag.Int("powercut.orders", 150, "operations in each phase of the load")
)

func TestMain(m *testing.M) {
	if mode := os.Getenv(envMode); mode != "" {
		if err := runChild(mode); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(t *testing.T, mode, dir, events string) []byte {
	t.Helper()
	cmd := childCommand(mode, dir, events, *seedFlag)
	var out bytes.Buffer
	cmd.Stdout = &out
	require.NoError(t, cmd.Run())
	return out.Bytes()
}

func childCommand(mode, dir, events string, seed uint64) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envMode+"="+mode, envDir+"="+dir, envEvents+"="+events,
		fmt.Sprint(envSeed, "=", seed), fmt.Sprint(envOrders, "=", *ordersFlag))
	cmd.Stderr = os.Stderr
	return cmd
}

// recordLoad records the load once for all tests.
var recordLoad = sync.OnceValues(func() ([]event, error) {
	dir, err := os.MkdirTemp("", "powercut")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	journal := filepath.Join(dir, "journal")
	if err := os.Mkdir(journal, 0o700); err != nil {
		return nil, err
	}
	events := filepath.Join(dir, "events")
	if err := childCommand("record", journal, events, *seedFlag).Run(); err != nil {
		return nil, err
	}
	return readEvents(events)
})

func recorded(t *testing.T) []event {
	t.Helper()
	events, err := recordLoad()
	require.NoError(t, err)
	return events
}

func cutImage(events []event, cut int, ignored ignoredSyncs, dice *rand.Rand, l loss) image {
	d := newDisk(ignored)
	for time, e := range events[:cut] {
		if e.Disk != nil {
			d.apply(time, e.Disk)
		}
	}
	im := d.image(dice, l)
	im.addShm(dice, database)
	return im
}

func inspected(t *testing.T, dir string) state {
	t.Helper()
	var s state
	require.NoError(t, gob.NewDecoder(bytes.NewReader(child(t, "inspect", dir, ""))).Decode(&s))
	return s
}

// keptIfFailed is a directory that is kept if the test fails: the load is the
// same for a seed, but the order of its writes is not.
func keptIfFailed(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "powercut-image") //nolint:usetesting // TempDir would be removed
	require.NoError(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log("the image is in", dir, "- opened once since the cut")
			return
		}
		assert.NoError(t, os.RemoveAll(dir))
	})
	return dir
}

type cuts func(t *testing.T, events []event) []int

func after(is func(phase string, e event) bool) cuts {
	return func(t *testing.T, events []event) []int {
		t.Helper()
		var times []int
		var phase string
		for time, e := range events {
			if e.Phase != "" {
				phase = e.Phase
			}
			if is(phase, e) {
				times = append(times, time+1)
			}
		}
		require.NotEmpty(t, times)
		return times
	}
}

func writes(e event) bool { return e.Disk != nil && (e.Disk.Kind == written || e.Disk.Kind == resized) }

// writesDatabase: the first inode of the recording is the database.
func writesDatabase(e event) bool { return writes(e) && e.Disk.Inode == 1 }

func acknowledges(e event) bool { return e.End != nil && e.End.Status == acknowledged }

func around(is func(e event) bool) cuts {
	return func(t *testing.T, events []event) []int {
		t.Helper()
		var times []int
		for time, e := range events {
			if is(e) {
				for near := max(0, time-20); near < min(len(events), time+20); near++ {
					times = append(times, near)
				}
			}
		}
		require.NotEmpty(t, times)
		return times
	}
}

func while(phase string) cuts {
	return after(func(now string, e event) bool { return now == phase && writes(e) })
}

var rows = []struct {
	name   string
	cuts   cuts
	losses []loss
}{
	{name: "load", cuts: while("load"), losses: losses},
	{name: "load with other programs' checkpoints", cuts: while("checkpoints"), losses: losses},
	{name: "load after a restart", cuts: while("restarted"), losses: losses},
	{name: "within a checkpoint", cuts: after(func(_ string, e event) bool { return writesDatabase(e) }), losses: losses},
	{name: "after an acknowledgement", cuts: after(func(_ string, e event) bool { return acknowledges(e) }), losses: losses},
	{name: "the journal is made, closed or opened", cuts: around(func(e event) bool {
		return e.Phase != "" || e.Disk != nil && (e.Disk.Kind == created || e.Disk.Kind == removed)
	}), losses: losses},
	{name: "load on a disk that destroys sectors", cuts: while("load"), losses: []loss{destroying}},
	{name: "checkpoints on a disk that destroys sectors", cuts: while("checkpoints"), losses: []loss{destroying}},
}

// lossOf gives each image another loss than the one before.
func lossOf(of []loss, image int) loss { return of[image%len(of)] }

func TestTheLoad(t *testing.T) {
	t.Parallel()
	events := recorded(t)
	t.Logf("seed %d: %s", *seedFlag, statistics(events))
	var phase string
	seen := map[string]int{}
	for _, e := range events {
		switch {
		case e.Phase != "":
			phase = e.Phase
		case e.Disk != nil && e.Disk.Kind == synced && e.Disk.Inode == 1:
			seen["database synced in "+phase]++
		case e.Disk != nil && e.Disk.Kind == resized:
			seen["new length"]++
		case e.Begin != nil && strings.HasPrefix(string(e.Begin.Record.Sealed), "erased "):
			seen["erased"]++
		case e.End != nil:
			seen[fmt.Sprint("status ", e.End.Status)]++
			if len(e.End.Records) > 0 {
				seen["adopted"]++
			}
		}
	}
	assert.GreaterOrEqual(t, seen["database synced in load"], 2, "made, and closed")
	assert.GreaterOrEqual(t, seen["database synced in checkpoints"], 3, "in the middle of the load")
	assert.Positive(t, seen["new length"])
	assert.Positive(t, seen["adopted"])
	assert.Positive(t, seen["erased"])
	assert.Greater(t, seen[fmt.Sprint("status ", acknowledged)], 6**ordersFlag)
	assert.Positive(t, seen[fmt.Sprint("status ", refused)])
	assert.Zero(t, seen[fmt.Sprint("status ", doubtful)])
}

// TestJ1_PowerCut: acknowledged writes are found after a power cut, and nothing
// else is found.
func TestJ1_PowerCut(t *testing.T) {
	t.Parallel()
	events := recorded(t)
	h := historyOf(events)
	var images, uncertain atomic.Int64
	t.Cleanup(func() {
		t.Logf("%d images, %d of them with changes that were not synced", images.Load(), uncertain.Load())
		assert.Greater(t, uncertain.Load(), images.Load()/2)
	})
	for r, row := range rows {
		times := row.cuts(t, events)
		for i := range *imagesFlag {
			t.Run(fmt.Sprintf("%s/%d", row.name, i), func(t *testing.T) {
				t.Parallel()
				dice := rand.New(rand.NewPCG(*seedFlag, uint64(r)<<32|uint64(i)))
				cut := times[dice.IntN(len(times))]
				im := cutImage(events, cut, ignoredSyncs{}, dice, lossOf(row.losses, i))
				images.Add(1)
				if im.uncertain > 0 {
					uncertain.Add(1)
				}
				dir := keptIfFailed(t)
				require.NoError(t, im.write(dir))
				v := h.verify(cut, inspected(t, dir))
				assert.True(t, v.good(), "seed %d, cut at %d of %d, %s: %s", *seedFlag, cut, len(events), im, v)
			})
		}
	}
}

func statistics(events []event) string {
	var writes, syncs, checkpoints, acknowledgements, refusals, doubts int
	var size int
	for _, e := range events {
		switch {
		case e.Disk != nil && e.Disk.Kind == written:
			writes++
			size += len(e.Disk.Data)
		case e.Disk != nil && e.Disk.Kind == synced:
			syncs++
			if e.Disk.Inode == 1 {
				checkpoints++
			}
		case e.End != nil:
			switch e.End.Status {
			case acknowledged:
				acknowledgements++
			case refused:
				refusals++
			case doubtful:
				doubts++
			}
		}
	}
	return fmt.Sprintf("%d writes (%d KiB), %d fsyncs, %d of them of the database; "+
		"%d writes acknowledged, %d refused, %d left in doubt",
		writes, size>>10, syncs, checkpoints, acknowledgements, refusals, doubts)
}

// TestJ1_PowerCutWhileRecovering cuts the power a second time, while the
// journal is opened after the first cut and closed again.
func TestJ1_PowerCutWhileRecovering(t *testing.T) {
	t.Parallel()
	events := recorded(t)
	h := historyOf(events)
	times := after(func(_ string, e event) bool { return writes(e) })(t, events)
	for i := range *imagesFlag {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			dice := rand.New(rand.NewPCG(*seedFlag, 1<<48|uint64(i)))
			cut := times[dice.IntN(len(times))]
			first := cutImage(events, cut, ignoredSyncs{}, dice, lossOf(everyLoss, i))
			dir := t.TempDir()
			require.NoError(t, first.write(dir))
			file := filepath.Join(t.TempDir(), "events")
			child(t, "recover", dir, file)
			recovery, err := readEvents(file)
			require.NoError(t, err)

			begin := len(first.files) // the files that were found are there from the first moment
			second := cutImage(recovery, begin+dice.IntN(len(recovery)+1-begin), ignoredSyncs{}, dice, everyLoss[dice.IntN(len(everyLoss))])
			dir = keptIfFailed(t)
			require.NoError(t, second.write(dir))
			v := h.verify(cut, inspected(t, dir))
			assert.True(t, v.good(), "seed %d, cut at %d of %d, %s; then %s: %s",
				*seedFlag, cut, len(events), first, second, v)
		})
	}
}

// TestJ1_AMissingSyncIsDetected: on a disk that ignores an fsync, as if the
// journal did not call it, something is lost.
func TestJ1_AMissingSyncIsDetected(t *testing.T) {
	t.Parallel()
	rows := map[string]ignoredSyncs{
		"of every file":    {file: func(string) bool { return true }, directory: true},
		"of the -wal":      {file: func(name string) bool { return name == database+"-wal" }},
		"of the database":  {file: func(name string) bool { return name == database }},
		"of the directory": {directory: true},
	}
	events := recorded(t)
	h := historyOf(events)
	times := after(func(_ string, e event) bool { return acknowledges(e) })(t, events)
	for name, ignored := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const images = 3
			seen, lost := 0, 0
			for i := range images {
				dice := rand.New(rand.NewPCG(*seedFlag, 2<<48|uint64(i)))
				cut := times[dice.IntN(len(times))]
				dir := t.TempDir()
				require.NoError(t, cutImage(events, cut, ignored, dice, losses[0]).write(dir))
				v := h.verify(cut, inspected(t, dir))
				if !v.good() {
					seen++
				}
				lost += len(v.lost)
			}
			t.Logf("seen in %d of %d images; %d records lost", seen, images, lost)
			assert.Positive(t, lost)
		})
	}
}
