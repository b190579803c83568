package conformance

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// withoutKey notes what becomes of requests without a key.
func (t *trial) withoutKey(ctx context.Context) (Result, error) {
	n := t.next()
	one, err := t.send(ctx, t.Request, n, "")
	if err != nil {
		return Result{}, err
	}
	if !one.succeeded() {
		return noted("one request without a key: %v", one), nil
	}
	two, err := t.send(ctx, t.Request, n, "")
	if err != nil {
		return Result{}, err
	}
	if two.succeeded() && t.outcomeOf(one, two) == same {
		return noted("the same request twice without a key: executed once"), nil
	}
	return noted("the same request twice without a key: %v and %v, both executed", one, two), nil
}

const repeats = "A request that is repeated after a lost response is executed twice: the key protects nothing."

func (t *trial) repetition(context.Context) (Result, error) {
	switch t.outcomeOf(t.first, t.second) {
	case same:
		return holds("a request and its repetition: %v and %v, executed once", t.first, t.second), nil
	case again:
		return broken(repeats, "a request and its repetition with the same %s: %v and %v, executed twice",
			t.rules.carrier(), t.first, t.second), nil
	default:
		const means = "A client whose response was lost cannot find out that its request was executed."
		return broken(means, "the repetition of an executed request: %v", t.second), nil
	}
}

func (t *trial) storedResponse(context.Context) (Result, error) {
	const means = "After a lost response a client reads something else than the first response said."
	switch {
	case !t.second.succeeded():
		const seen = "the repetition was answered with %v, which the profile takes for \"executed already\""
		return notTried(seen, t.second), nil
	case t.first.status != t.second.status:
		return broken(means, "the first response has %v, the repetition's %v", t.first, t.second), nil
	case !bytes.Equal(t.first.body, t.second.body):
		return broken(means, "the bodies of the first response and of the repetition's differ (%d and %d bytes)",
			len(t.first.body), len(t.second.body)), nil
	}
	if names := differing(t.first.header, t.second.header); names != nil {
		return holds("status and body are equal, byte by byte; headers that differ: %s", strings.Join(names, ", ")), nil
	}
	return holds("status and body are equal, byte by byte, and so are the headers"), nil
}

// differing returns the names of headers that are not equal. Each response has a
// date of its own.
func differing(a, b http.Header) []string {
	names := map[string]bool{}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(a)), slices.Collect(maps.Keys(b))) {
		if name != "Date" && !slices.Equal(a[name], b[name]) {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func (t *trial) replayMark(context.Context) (Result, error) {
	switch {
	case !t.rules.marks():
		return notTried("the profile marks no replays"), nil
	case t.rules.replayed(t.first):
		const means = "A client takes a first response for a stored one."
		return broken(means, "the first response is marked as a replay"), nil
	case !t.second.succeeded():
		return notTried("the repetition was answered with %v", t.second), nil
	case !t.rules.replayed(t.second):
		const means = "A client cannot distinguish the stored response from a new one: where it is a rejection, " +
			"after a lost response, it proves nothing."
		return broken(means, "the repetition's response is not marked as a replay"), nil
	default:
		return holds("the first response is not marked, the repetition's is"), nil
	}
}
