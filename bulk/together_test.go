package bulk_test

import (
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox"
)

// Two processes run the same items on one journal. One is killed: the other one
// does what is left, once the leases of the dead one are over.
func TestProof_TwoRunsOfTheSameItems(t *testing.T) {
	t.Parallel()
	const items = 200
	s := newScene(t, items)
	both := []*exec.Cmd{s.start(), s.start()}
	patience := time.Now().Add(30 * time.Second)
	for s.sb.Executed(sandbox.IssuePass) < items/2 && time.Now().Before(patience) {
		time.Sleep(time.Millisecond)
	}
	require.NoError(t, both[0].Process.Kill()) // SIGKILL
	require.Error(t, both[0].Wait(), "it was killed")
	require.NoError(t, both[1].Wait(), "the other one reports each item as done")
	s.onePassEach()
	before := s.sb.Requests(sandbox.IssuePass)
	require.NoError(t, s.start().Wait())
	assert.Equal(t, before, s.sb.Requests(sandbox.IssuePass), "all is done: nothing is sent")
	t.Logf("%d requests for %d items", before, items)
}
