package speed

import (
	"flag"
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/bench/speed/measurement"
)

var (
	jsonFile = flag.String("json", "", "measure at length, and write the report to this `file`")
	clients  = flag.String("clients", "", "measure, besides the references and this SDK, clients that match this `regexp`")
)

func TestMain(m *testing.M) {
	measurement.Serve()
	goleak.VerifyTestMain(m)
}

type effort struct {
	passes, blocks          int
	retryPasses             int // more, since little differences of long times are measured
	memory, loopback, retry int // calls in a block
	garbage, flying         int // calls
}

var (
	// A block takes about 10 ms: short enough to share the machine's phases,
	// long enough to include its own garbage collection.
	thorough = effort{passes: 11, retryPasses: 33, blocks: 20, memory: 1000, loopback: 200, retry: 500, garbage: 2000, flying: 1000}
	brief    = effort{passes: 2, retryPasses: 2, blocks: 2, memory: 20, loopback: 10, retry: 10, garbage: 200, flying: 100}
)

// moreAllocations is the most that a call of this SDK allocates beyond net/http
// by hand. Unlike times it does not depend on the machine; pools that are
// emptied by garbage collections and the race detector cost a few.
const (
	moreAllocations = 25
	lostAllocations = 4
)

// TestSpeed measures at length only with -json. It always checks that values
// were measured, never how fast.
func TestSpeed(t *testing.T) {
	e := brief
	if *jsonFile != "" {
		e = thorough
	}
	all := chosen(t)
	report := Report{Clients: make([]Client, len(all)), Flying: e.flying}
	for i, p := range all {
		report.Clients[i] = Client{Name: p.Name, Version: p.Version}
	}
	measureMemory(t, all, e, report.Clients)
	measureLoopback(t, all, e, report.Clients)
	measureRetries(t, all, e, report.Clients)

	assertMeasured(t, report)
	t.Log("\n" + report.Markdown())
	measurement.WriteReport(t, *jsonFile, report)
}

func chosen(t *testing.T) []peers.Peer {
	t.Helper()
	match, err := regexp.Compile(*clients)
	require.NoError(t, err)
	found := []peers.Peer{peers.NetHTTP, peers.RetryableHTTP}
	for _, p := range peers.All() {
		switch {
		case p.Name == peers.NetHTTP.Name, p.Name == peers.RetryableHTTP.Name:
		case p.Name == peers.SDK.Name, match.MatchString(p.Name):
			found = append(found, p)
		}
	}
	return found
}

func measureMemory(t *testing.T, all []peers.Peer, e effort, into []Client) {
	t.Helper()
	workloads := make([]measurement.Workload, len(all))
	for i, p := range all {
		workloads[i] = workload(t, p, measurement.MemoryURL, &measurement.MemoryTransport{})
	}
	medians, err := measurement.Compare(workloads, measurement.Plan{Passes: e.passes, Blocks: e.blocks, Calls: e.memory})
	require.NoError(t, err)
	for i := range all {
		into[i].Memory = medians[i].Timing(medians[0])
		into[i].Call, err = measurement.GarbageOf(workloads[i], e.garbage)
		require.NoError(t, err)
		into[i].InFlight, err = measurement.InFlight(all[i], e.flying)
		require.NoError(t, err)
	}
}

func measureLoopback(t *testing.T, all []peers.Peer, e effort, into []Client) {
	t.Helper()
	url := measurement.Loopback(t)
	workloads := make([]measurement.Workload, len(all))
	for i, p := range all {
		workloads[i] = workload(t, p, url, measurement.Network(1))
	}
	medians, err := measurement.Compare(workloads, measurement.Plan{Passes: e.passes, Blocks: e.blocks, Calls: e.loopback})
	require.NoError(t, err)
	for i := range all {
		into[i].Loopback = medians[i].Timing(medians[0])
	}
}

// measureRetries compares calls whose first response is 503 with calls without
// it. Every client waits a nanosecond, so that waits do not count.
func measureRetries(t *testing.T, all []peers.Peer, e effort, into []Client) {
	t.Helper()
	var retrying []int
	var once, more []measurement.Workload
	for i, p := range all {
		p = impatient(p)
		twice := workload(t, p, measurement.MemoryURL, &measurement.MemoryTransport{Unavailable: true})
		if twice.Run(1) != nil {
			continue
		}
		retrying = append(retrying, i)
		once = append(once, workload(t, p, measurement.MemoryURL, &measurement.MemoryTransport{}))
		twice.Less = once[len(once)-1].Run
		more = append(more, twice)
	}
	require.Equal(t, peers.RetryableHTTP.Name, once[0].Name, "the reference")
	medians, err := measurement.Compare(more, measurement.Plan{Passes: e.retryPasses, Blocks: e.blocks, Calls: e.retry})
	require.NoError(t, err)
	for k, i := range retrying {
		r := Retry{
			Nanos: measurement.Median(medians[k]),
			Ratio: measurement.Median(medians[k]) / measurement.Median(medians[0]),
			Low:   slices.Min(medians[k]),
			High:  slices.Max(medians[k]),
		}
		first, err := measurement.GarbageOf(once[k], e.garbage)
		require.NoError(t, err)
		both, err := measurement.GarbageOf(more[k], e.garbage)
		require.NoError(t, err)
		r.Garbage = both.Minus(first)
		into[i].Retry = &r
	}
}

func impatient(p peers.Peer) peers.Peer {
	made := p.New
	p.New = func(s peers.Setup) (peers.Client, error) {
		s.Backoff = time.Nanosecond
		return made(s)
	}
	return p
}

func workload(t *testing.T, p peers.Peer, url string, transport http.RoundTripper) measurement.Workload {
	t.Helper()
	c, err := measurement.NewWorkload(p, url, transport, 1)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func assertMeasured(t *testing.T, r Report) {
	t.Helper()
	by := map[string]Client{}
	for _, c := range r.Clients {
		by[c.Name] = c
		assert.Positive(t, c.Memory.Nanos, c.Name)
		assert.Positive(t, c.Loopback.Nanos, c.Name)
		assert.Positive(t, c.Call.Allocations, c.Name)
		assert.Positive(t, c.Call.Bytes, c.Name)
		assert.Greater(t, c.InFlight, 2048., "%s: a goroutine's stack is in it", c.Name)
		if c.Retry != nil {
			assert.Positive(t, c.Retry.Garbage.Allocations, c.Name)
		}
	}
	reference, sdk := r.Clients[0], by[peers.SDK.Name]
	assert.InDelta(t, 1, reference.Memory.Ratio, 0, "the reference is its own measure")
	assert.Nil(t, reference.Retry, "net/http does not send such a request again")
	assert.NotNil(t, sdk.Retry, "this SDK does")
	more := sdk.Call.Allocations - reference.Call.Allocations
	assert.Less(t, more, float64(moreAllocations+lostAllocations), "allocations")
}
