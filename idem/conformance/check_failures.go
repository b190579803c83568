package conformance

import (
	"bytes"
	"net/http"
)

// leaveTries is how often a client tries to leave before the response is there.
const leaveTries = 5

// lostResponse closes the connection as soon as the request is written: many
// servers stop what they do for a client that has gone, and keep nothing.
func (t *trial) lostResponse() Result {
	for range leaveTries {
		n, key := t.next(), t.rules.minted()
		before := t.count()
		abandoned := t.patiently(func() response { return t.abandon(n, key) })
		if abandoned.err == nil {
			continue
		}
		t.pause(repeatAfter) // the abandoned request may still execute
		repeated := t.settled(t.Request, n, key)
		repeated.ran = t.ranSince(before)
		return t.judgeLost(repeated)
	}
	return notTried("the server answers faster than a client can leave")
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
func (t *trial) serverError() Result {
	if t.Failing == nil {
		return notTried("no request that is executed and fails with a 5xx is known")
	}
	n, key := t.next(), t.rules.minted()
	first := t.send(t.Failing, n, key)
	if first.err == nil && first.status < http.StatusInternalServerError {
		return notTried("the request that should fail with a 5xx got %v", first)
	}
	if first.ran == 0 {
		return notTried("the request that should be executed and fail was not executed: %v", first)
	}
	repeated := t.settled(t.Failing, n, key)
	const sent = "an executed request with %v, and its repetition with %v: "
	const means = "A client that repeats its request after a 500 executes the operation twice. " +
		"Only one that never repeats after a 500 is safe (Policy.NoRetryOn500)."
	switch {
	case repeated.ran > 0 && first.ran > 0 && t.rules.ForgetsFailed:
		return noted(sent+"executed twice, as the profile states: clients do not repeat it", first, repeated)
	case repeated.ran > 0 && first.ran > 0:
		return broken(means, sent+"executed twice", first, repeated)
	case repeated.ran == 0, t.rules.replayed(repeated):
		return holds(sent+"executed once", first, repeated)
	case repeated.status == first.status && bytes.Equal(repeated.body, first.body):
		return notTried(sent+"whether it was executed again needs a counter of executions", first, repeated)
	default:
		return notTried(sent+"the first response is not stored; whether the first execution was undone needs a "+
			"counter of executions", first, repeated)
	}
}

// refusedRequest notes what a key is worth whose first request was refused.
func (t *trial) refusedRequest() Result {
	if t.Refused == nil {
		return notTried("no request that is refused is known")
	}
	n, key := t.next(), t.rules.minted()
	first := t.send(t.Refused, n, key)
	if !first.refused() {
		return notTried("the request that should be refused got %v", first)
	}
	repeated := t.send(t.Refused, n, key)
	valid := t.send(t.Request, t.next(), key)
	const sent = "a refused request with %v, and its repetition with %v; then another body with the same key: %v, "
	if t.notExecuted(valid) == "" {
		return noted(sent+"executed: a refusal leaves the key free", first, repeated, valid)
	}
	return noted(sent+"not executed: the refusal is stored, and a corrected request needs a key of its own",
		first, repeated, valid)
}
