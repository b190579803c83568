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

func (t *trial) concurrent(ctx context.Context) (Result, error) {
	var last Result
	for range rounds {
		var err error
		last, err = t.round(ctx)
		if err != nil || last.Verdict != Holds {
			return last, err
		}
	}
	last.Seen = fmt.Sprintf("%d times %s", rounds, last.Seen)
	return last, nil
}

// round sends requests with one key at once, and one more when all have ended.
func (t *trial) round(ctx context.Context) (Result, error) {
	n, key := t.next(), t.rules.minted()
	before, err := t.count(ctx)
	if err != nil {
		return Result{}, err
	}
	responses, err := t.atOnce(ctx, n, key)
	if err != nil {
		return Result{}, err
	}
	final, err := t.settled(ctx, t.Request, n, key)
	if err != nil {
		return Result{}, err
	}
	executed := distinct(append(responses, final))
	if after, err := t.count(ctx); err != nil {
		return Result{}, err
	} else if before != unknown {
		executed = max(executed, after-before)
	}
	return judgeRound(responses, final, executed), nil
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

// atOnce sends one request from several goroutines.
func (t *trial) atOnce(ctx context.Context, n int, key string) ([]response, error) {
	responses := make([]response, atOnceSent)
	start := make(chan struct{})
	var senders sync.WaitGroup
	for i := range atOnceSent {
		request, err := t.request(ctx, t.Request, n, key)
		if err != nil {
			return nil, err
		}
		senders.Go(func() {
			<-start
			responses[i] = t.exchange(request)
		})
	}
	close(start)
	senders.Wait()
	return responses, context.Cause(ctx)
}

// distinct counts the resources that responses name.
func distinct(responses []response) int {
	ids := map[string]bool{}
	for _, a := range responses {
		if a.id != "" {
			ids[a.id] = true
		}
	}
	return len(ids)
}
