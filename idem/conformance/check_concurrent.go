package conformance

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/bardge/bardge-go/idem"
)

// Concurrent requests are sent in rounds, each under a key of its own.
const (
	rounds     = 3
	atOnceSent = 8
)

func (t *trial) concurrent() Result {
	var last Result
	for range rounds {
		if last = t.round(); last.Verdict != Holds {
			return last
		}
	}
	last.Seen = fmt.Sprintf("%d times %s", rounds, last.Seen)
	return last
}

// round sends requests with one key at once, and one more when all have ended.
func (t *trial) round() Result {
	n, key := t.next(), t.rules.minted()
	before := t.count()
	responses := t.atOnce(n, key)
	final := t.settled(t.Request, n, key)
	executed := distinct(append(responses, final))
	return judgeRound(responses, final, max(executed, t.ranSince(before)))
}

// forNow are what a client does not take for the end of its request.
var forNow = []idem.Signal{idem.SignalInProgress, idem.SignalRetryable, idem.SignalIndeterminate}

func judgeRound(responses []response, final response, executed int) Result {
	sent := fmt.Sprintf("%d requests with one key at once", atOnceSent)
	if executed > 1 {
		const means = "Two callers with one key, or a repetition that is sent while the first request executes, " +
			"execute the operation twice."
		return broken(means, "%s: executed %d times", sent, executed)
	}
	if !final.confirms() {
		const means = "A client cannot find out what became of its request."
		return broken(means, "%s, and one more after them: %v", sent, final)
	}
	waited, refusals := 0, 0
	for _, a := range responses {
		switch {
		case a.confirms():
			waited++
		case a.err == nil && slices.Contains(forNow, a.signal), a.throttled():
			refusals++
		default:
			const means = "A client does not learn that a request with its key is executing: it may take the " +
				"refusal for the end, while the operation is done."
			return differs(means, "%s: executed once, but one was answered with %v, which the profile does not take "+
				"for a request in progress", sent, a)
		}
	}
	return holds("%s: executed once; %d got the response, %d were refused for now", sent, waited, refusals)
}

func (t *trial) atOnce(n int, key string) []response {
	responses := make([]response, atOnceSent)
	start := make(chan struct{})
	var senders sync.WaitGroup
	for i := range atOnceSent {
		request := t.request(t.ctx, t.Request, n, key)
		senders.Go(func() {
			<-start
			responses[i] = t.exchange(request)
		})
	}
	close(start)
	senders.Wait()
	t.fail(context.Cause(t.ctx))
	return responses
}

func distinct(responses []response) int {
	ids := map[string]bool{}
	for _, a := range responses {
		if a.id != "" {
			ids[a.id] = true
		}
	}
	return len(ids)
}
