package fakeserver_test

import (
	"bytes"
	"log"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// logged collects what the standard logger writes during a test.
func logged(t *testing.T) *bytes.Buffer {
	t.Helper()
	var text bytes.Buffer
	before := log.Writer()
	log.SetOutput(&text)
	t.Cleanup(func() { log.SetOutput(before) })
	return &text
}

// A client may send its attempts at once, each with the same headers. Whichever
// of them takes up the key meets the fault, and no other does.
func TestAFaultByHeaderIsMetOnceAmongConcurrentRequests(t *testing.T) {
	const rounds, together = 100, 4
	for _, fault := range []fakeserver.Fault{
		fakeserver.LoseResponse, fakeserver.ServerErrorAfter(500), fakeserver.DelayBefore(time.Millisecond),
		fakeserver.ProxyPageAfter(502), fakeserver.ServerErrorBefore(500), fakeserver.CutResponse,
	} {
		t.Run(string(fault), func(t *testing.T) {
			s := newSite(t)
			for range rounds {
				key := time.Now().String()
				var all sync.WaitGroup
				for range together {
					all.Go(func() { s.dig("X-Key", key, fakeserver.FaultHeader, string(fault)) })
				}
				all.Wait()
				met := s.Control().Lines(fakeserver.Match{Key: key, Fault: string(fault)}, 0).Lines
				if assert.Len(t, met, 1) && fault.Phase() == fakeserver.PhaseAfter {
					assert.Equal(t, fakeserver.ResultExecuted, met[0].Result, "it strikes the request that was executed")
				}
			}
			assert.Equal(t, rounds, s.Executed(dig))
		})
	}
}

func TestAFaultByHeaderIsMetWithoutAnExecution(t *testing.T) {
	for name, headers := range map[string][]string{
		"unknown sender": {"Account", "", "X-Key", "k"},
		"no key":         {"Account", "a"},
	} {
		s := newSite(t)
		headers := append(headers, fakeserver.FaultHeader, "lose-response")
		assert.Zero(t, s.dig(headers...), name)
		assert.Equal(t, fakeserver.LoseResponse, s.lines()[0].Fault, name)
	}
}

func TestAFaultByHeaderIsIgnoredForAKeyThatWasSeen(t *testing.T) {
	for name, first := range map[string][]string{
		"with a fault":              {fakeserver.FaultHeader, "server-error-before=500"},
		"with a fault at the end":   {fakeserver.FaultHeader, "server-error-after=500"},
		"without a fault":           {},
		"with a fault of the queue": {"Queued", ""},
	} {
		s := newSite(t)
		if len(first) > 0 && first[0] == "Queued" {
			s.Next(dig, fakeserver.TooMany(0))
		}
		s.dig(append(first, "X-Key", "k")...)
		s.dig("X-Key", "k", fakeserver.FaultHeader, "server-error-before=501")
		assert.Empty(t, s.lines()[1].Fault, name)
	}
}

func TestARequestThatWaitsForAnotherLeavesItsFaultToIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		var statuses [2]int
		var all sync.WaitGroup
		for i := range statuses {
			all.Go(func() { statuses[i] = s.dig("X-Key", "k", fakeserver.FaultHeader, "delay-before=1m") })
			synctest.Wait()
		}
		start := time.Now()
		all.Wait()
		assert.Equal(t, time.Minute, time.Since(start))
		assert.Equal(t, [2]int{http.StatusOK, http.StatusOK}, statuses)
		assert.Equal(t, fakeserver.ResultReplayed, s.lines()[1].Result)
		assert.Empty(t, s.lines()[1].Fault)
		assert.InDelta(t, 60_000, s.lines()[0].DurationMS, 0.001)
	})
}

// A header that is empty or there twice does not leave open what was meant.
func TestTheFaultHeaderIsThereOnceAndNotEmpty(t *testing.T) {
	for name, values := range map[string][]string{"empty": {""}, "twice": {"none", "refuse"}} {
		s := newSite(t)
		r := request(http.MethodPost, "/dig")
		r.Header[fakeserver.FaultHeader] = values
		assert.Equal(t, http.StatusTeapot, s.send(r), name)
		assert.Zero(t, s.Executed(dig), name)
	}
}
