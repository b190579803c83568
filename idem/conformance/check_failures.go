package conformance

import (
	"bytes"
	"context"
	"net/http"
)

// leaveTries is how often a client tries to leave before the response is there.
const leaveTries = 5

// lostResponse closes the connection as soon as the request is written: many
// servers stop what they do for a client that has gone, and keep nothing.
func (t *trial) lostResponse(ctx context.Context) (Result, error) {
	for range leaveTries {
		n, key := t.next(), t.rules.minted()
		before, err := t.count(ctx)
		if err != nil {
			return Result{}, err
		}
		abandoned, err := t.patiently(ctx, func() (response, error) { return t.abandon(ctx, n, key) })
		if err != nil {
			return Result{}, err
		}
		if abandoned.err == nil {
			continue
		}
		repeated, err := t.afterwards(ctx, n, key)
		if err != nil {
			return Result{}, err
		}
		after, err := t.count(ctx)
		if before != unknown {
			repeated.ran = after - before
		}
		return t.judgeLost(repeated), err
	}
	return notTried("the server answers faster than a client can leave"), nil
}

// afterwards repeats an abandoned request, which may still execute.
func (t *trial) afterwards(ctx context.Context, n int, key string) (response, error) {
	if err := pause(ctx, repeatAfter); err != nil {
		return response{}, err
	}
	return t.settled(ctx, t.Request, n, key)
}

// judgeLost judges the repetition of an abandoned request. Its ran is of both.
func (t *trial) judgeLost(repeated response) Result {
	const sent = "a request whose client closes the connection, and its repetition"
	switch {
	case repeated.ran > 1:
		const means = "A client that waits no longer, and repeats its request, executes the operation twice."
		return broken(means, "%s: executed %d times", sent, repeated.ran)
	case !repeated.confirms():
		const means = "A client whose response was lost cannot find out what became of its request."
		return broken(means, "%s: %v", sent, repeated)
	case repeated.ran != unknown:
		return holds("%s: executed once", sent)
	case t.rules.replayed(repeated):
		return holds("%s: the repetition got the stored response", sent)
	default:
		return notTried("%s: %v, which does not show how often it was executed; that needs a counter of executions",
			sent, repeated)
	}
}

// serverError repeats a request that was executed and answered with a 5xx.
func (t *trial) serverError(ctx context.Context) (Result, error) {
	if t.Failing == nil {
		return notTried("no request that is executed and fails with a 5xx is known"), nil
	}
	n, key := t.next(), t.rules.minted()
	first, err := t.send(ctx, t.Failing, n, key)
	if err != nil {
		return Result{}, err
	}
	if first.err == nil && first.status < http.StatusInternalServerError {
		return notTried("the request that should fail with a 5xx got %v", first), nil
	}
	if first.ran == 0 {
		return notTried("the request that should be executed and fail was not executed: %v", first), nil
	}
	repeated, err := t.settled(ctx, t.Failing, n, key)
	if err != nil {
		return Result{}, err
	}
	const sent = "an executed request with %v, and its repetition with %v: "
	const means = "A client that repeats its request after a 500 executes the operation twice. " +
		"Only one that never repeats after a 500 is safe (Policy.NoRetryOn500)."
	switch {
	case repeated.ran > 0 && first.ran > 0 && t.rules.ForgetsFailed:
		return noted(sent+"executed twice, as the profile states: clients do not repeat it", first, repeated), nil
	case repeated.ran > 0 && first.ran > 0:
		return broken(means, sent+"executed twice", first, repeated), nil
	case repeated.ran == 0, t.rules.replayed(repeated):
		return holds(sent+"executed once", first, repeated), nil
	case repeated.status == first.status && bytes.Equal(repeated.body, first.body):
		return notTried(sent+"whether it was executed again needs a counter of executions", first, repeated), nil
	default:
		return notTried(sent+"the first response is not stored; whether the first execution was undone needs a "+
			"counter of executions", first, repeated), nil
	}
}

// refusedRequest notes what a key is worth whose first request was refused.
func (t *trial) refusedRequest(ctx context.Context) (Result, error) {
	if t.Refused == nil {
		return notTried("no request that is refused is known"), nil
	}
	n, key := t.next(), t.rules.minted()
	first, err := t.send(ctx, t.Refused, n, key)
	if err != nil {
		return Result{}, err
	}
	if !first.refused() {
		return notTried("the request that should be refused got %v", first), nil
	}
	repeated, err := t.send(ctx, t.Refused, n, key)
	if err != nil {
		return Result{}, err
	}
	valid, err := t.send(ctx, t.Request, t.next(), key)
	if err != nil {
		return Result{}, err
	}
	const sent = "a refused request with %v, and its repetition with %v; then another body with the same key: %v, "
	if t.notExecuted(valid) == "" {
		return noted(sent+"executed: a refusal leaves the key free", first, repeated, valid), nil
	}
	return noted(sent+"not executed: the refusal is stored, and a corrected request needs a key of its own",
		first, repeated, valid), nil
}
