package conformance

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"strings"
)

func (t *trial) withoutKey() Result {
	n := t.next()
	one := t.send(t.Request, n, "")
	if !one.succeeded() {
		return noted("one request without a key: %v", one)
	}
	two := t.send(t.Request, n, "")
	if two.succeeded() && t.outcomeOf(one, two) == same {
		return noted("the same request twice without a key: executed once")
	}
	return noted("the same request twice without a key: %v and %v, both executed", one, two)
}

const repeats = "A request that is repeated after a lost response is executed twice: the key protects nothing."

func (t *trial) repetition() Result {
	switch t.outcomeOf(t.first, t.second) {
	case same:
		return holds("a request and its repetition: %v and %v, executed once", t.first, t.second)
	case again:
		return broken(repeats, "a request and its repetition with the same %s: %v and %v, executed twice",
			t.rules.carrier(), t.first, t.second)
	default:
		const means = "A client whose response was lost cannot find out that its request was executed."
		return broken(means, "the repetition of an executed request: %v", t.second)
	}
}

func (t *trial) storedResponse() Result {
	const means = "After a lost response a client reads something else than the first response said."
	switch {
	case !t.second.succeeded():
		const seen = "the repetition was answered with %v, which the profile takes for \"executed already\""
		return notTried(seen, t.second)
	case t.first.status != t.second.status:
		return broken(means, "the first response has %v, the repetition's %v", t.first, t.second)
	case !bytes.Equal(t.first.body, t.second.body):
		return broken(means, "the bodies of the first response and of the repetition's differ (%d and %d bytes)",
			len(t.first.body), len(t.second.body))
	}
	if names := differing(t.first.header, t.second.header); names != nil {
		return holds("status and body are equal, byte by byte; headers that differ: %s", strings.Join(names, ", "))
	}
	return holds("status and body are equal, byte by byte, and so are the headers")
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

func (t *trial) replayMark() Result {
	switch {
	case !t.rules.marks():
		return notTried("the profile marks no replays")
	case t.rules.replayed(t.first):
		const means = "A client takes a first response for a stored one."
		return broken(means, "the first response is marked as a replay")
	case !t.second.succeeded():
		return notTried("the repetition was answered with %v", t.second)
	case !t.rules.replayed(t.second):
		const means = "A client cannot distinguish the stored response from a new one: where it is a rejection, " +
			"after a lost response, it proves nothing."
		return broken(means, "the repetition's response is not marked as a replay")
	default:
		return holds("the first response is not marked, the repetition's is")
	}
}
