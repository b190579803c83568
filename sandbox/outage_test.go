package sandbox_test

import (
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox"
)

func TestOutageRefusesDialsForAWhile(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.Outage(10 * time.Second)
		require.ErrorIs(t, g.send(g.issue()).err, syscall.ECONNREFUSED)
		time.Sleep(9 * time.Second)
		require.ErrorIs(t, g.send(g.issue()).err, syscall.ECONNREFUSED)
		time.Sleep(time.Second)
		synctest.Wait()
		read[gen.IssuedPass](g.send(g.issue()))
		assert.Equal(t, 1, g.Requests(sandbox.IssuePass), "refused dials do not reach the server")
	})
}

func TestOutageResetsRequestsInWork(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.Next(sandbox.IssuePass, sandbox.DelayBefore(3*time.Second))
		broken := make(chan error)
		go func() { broken <- g.key("k").send(g.issue()).err }()
		synctest.Wait()
		start := time.Now()
		g.Outage(time.Second)
		require.ErrorIs(t, <-broken, syscall.ECONNRESET)
		assert.Zero(t, time.Since(start))
		time.Sleep(5 * time.Second)
		synctest.Wait()
		entry := g.Ledger()[0]
		assert.Equal(t, sandbox.ResultExecuted, entry.Result, "it was executed after the outage")
		assert.Zero(t, entry.Status, "and no response was sent")
		assert.True(t, g.key("k").send(g.issue()).replayed(), "the server forgets nothing")
	})
}

func TestLaterOutageTakesThePlaceOfAnEarlierOne(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.Outage(5 * time.Second)
		time.Sleep(time.Second)
		g.Outage(10 * time.Second)
		time.Sleep(9 * time.Second)
		require.ErrorIs(t, g.send(g.issue()).err, syscall.ECONNREFUSED)
		g.Up()
		read[gen.IssuedPass](g.send(g.issue()))
		g.Down()
		time.Sleep(time.Hour)
		require.ErrorIs(t, g.send(g.issue()).err, syscall.ECONNREFUSED)
	})
}
