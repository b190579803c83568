package durabletest

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

var processes = flag.Int("recovery-processes", 0,
	"processes that recover one journal together, compared with one; 0: this process recovers alone")

// placeVariable is set for such a process, to the journal's place.
const placeVariable = "BARDGE_RECOVERY_PLACE"

// IsRecoverer reports whether this process is one of those, and needs no store
// of its own.
func IsRecoverer() bool { return os.Getenv(placeVariable) != "" }

// measureFleet compares a pass by several processes with a pass by one, each
// over a new journal; each process has its own API. The figures are medians:
//
//	one/s      records that one process recovers in a second
//	all/s      records that all processes together recover
//	ratio      the second divided by the first
//	one-cpus   processors that the one process kept busy; the database's are extra
//	all-cpus   processors that all kept busy
func measureFleet(b *testing.B, store Recoverable) {
	b.Helper()
	passes := make([]struct{ one, all pass }, b.N)
	for i := range passes {
		passes[i].one, passes[i].all = passBy(b, store, 1), passBy(b, store, *processes)
	}
	report := func(unit string, of func(one, all pass) float64) {
		values := make([]float64, len(passes))
		for i, p := range passes {
			values[i] = of(p.one, p.all)
		}
		b.ReportMetric(median(values), unit)
	}
	report("one/s", func(one, _ pass) float64 { return one.rate })
	report("all/s", func(_, all pass) float64 { return all.rate })
	report("ratio", func(one, all pass) float64 { return all.rate / one.rate })
	report("one-cpus", func(one, _ pass) float64 { return one.cpus })
	report("all-cpus", func(_, all pass) float64 { return all.cpus })
}

type pass struct{ rate, cpus float64 }

func passBy(b *testing.B, store Recoverable, n int) pass {
	b.Helper()
	place := store.Make(b)
	j := store.Open(b, place)
	e := recoveryEngine(b, nowhere, j)
	fill(b, e, j, *openRecords)
	fleet := make([]*recoverer, n)
	for i := range fleet {
		fleet[i] = startRecoverer(b, place)
	}
	begun := time.Now()
	for _, r := range fleet {
		r.begin(b)
	}
	found, busy := 0, time.Duration(0)
	for _, r := range fleet {
		found += r.hear(b)
	}
	spent := time.Since(begun)
	for _, r := range fleet {
		busy += r.end(b)
	}
	require.Equal(b, *openRecords, found, "each record goes to one process")
	return pass{rate: float64(found) / spent.Seconds(), cpus: busy.Seconds() / spent.Seconds()}
}

// recoverer is a process that recovers. It prints a number when it is ready,
// and in the end how many records it found. It begins when its input ends.
type recoverer struct {
	cmd   *exec.Cmd
	start io.Closer
	says  *os.File
}

// startRecoverer starts this benchmark again as another process, and waits
// until it is ready.
func startRecoverer(b *testing.B, place string) *recoverer {
	b.Helper()
	says, write, err := os.Pipe()
	require.NoError(b, err)
	b.Cleanup(func() { _ = says.Close() })
	cmd := exec.CommandContext(b.Context(), os.Args[0], //nolint:gosec // itself
		"-test.run=^$", "-test.bench=^"+b.Name()+"$", "-test.benchtime=1x",
		fmt.Sprintf("-recovery-concurrency=%d", *concurrency), fmt.Sprintf("-recovery-api-delay=%v", *apiDelay))
	cmd.Env = append(os.Environ(), placeVariable+"="+place)
	cmd.Stderr, cmd.ExtraFiles = os.Stderr, []*os.File{write}
	start, err := cmd.StdinPipe()
	require.NoError(b, err)
	require.NoError(b, cmd.Start())
	require.NoError(b, write.Close())
	r := &recoverer{cmd: cmd, start: start, says: says}
	r.hear(b)
	return r
}

func (r *recoverer) begin(b *testing.B) {
	b.Helper()
	require.NoError(b, r.start.Close())
}

// end returns the processor time of the process, its start included.
func (r *recoverer) end(b *testing.B) time.Duration {
	b.Helper()
	require.NoError(b, r.cmd.Wait())
	return r.cmd.ProcessState.UserTime() + r.cmd.ProcessState.SystemTime()
}

// hear waits for the process's next output.
func (r *recoverer) hear(b *testing.B) (found int) {
	b.Helper()
	_, err := fmt.Fscanln(r.says, &found)
	require.NoError(b, err, "a process ended early")
	return found
}

// recoverForParent is the recoverer's side.
func recoverForParent(b *testing.B, j journal.Journal) {
	b.Helper()
	parent := os.NewFile(3, "parent")
	e := recoveryEngine(b, slowAPI(b), j)
	_, err := fmt.Fprintln(parent, 0)
	require.NoError(b, err)
	_, err = io.Copy(io.Discard, os.Stdin)
	require.NoError(b, err)
	found, _ := recoverAll(b, e)
	_, err = fmt.Fprintln(parent, found)
	require.NoError(b, err)
	e.CloseIdleConnections()
}
