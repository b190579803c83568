package conformance

import (
	"fmt"
	"strings"
)

// longestKey uses keys of the greatest length that differ at their end.
func (t *trial) longestKey() Result {
	length := t.rules.longest()
	if len(t.rules.minted()) == length {
		return holds("the keys of all checks have the greatest length, %d bytes", length)
	}
	key := t.rules.random(length)
	n := t.next()
	first := t.send(t.Request, n, key)
	if reason := t.notExecuted(first); reason != "" {
		const means = "Clients that choose their own keys, within the profile's limits, are refused."
		return differs(means, "a key of %d bytes: the request %s", length, reason)
	}
	repeated := t.send(t.Request, n, key)
	if t.outcomeOf(first, repeated) != same {
		return broken(repeats, "a key of %d bytes, and its repetition: %v and %v", length, first, repeated)
	}
	other := t.send(t.Request, n, key[:length-1]+t.rules.otherThan(key[length-1]))
	return t.another(first, other, fmt.Sprintf("two keys of %d bytes that differ in the last one", length))
}

// keyTooLong uses a key of one byte more than the profile allows.
func (t *trial) keyTooLong() Result {
	if t.rules.KeyMaxLength == 0 {
		return notTried("the profile states no greatest length")
	}
	length := t.rules.KeyMaxLength + 1
	return t.invalidKey(t.rules.random(length), "a key of %d bytes: ", length)
}

// keyAlphabet uses a key with a character that the profile does not allow.
func (t *trial) keyAlphabet() Result {
	c, ok := t.rules.foreign()
	if !ok {
		return notTried("the profile allows each visible character")
	}
	key := t.rules.minted()
	return t.invalidKey(key[:len(key)-1]+c, "a key with the character %s: ", c)
}

// invalidKey sends a request under a key that the server should refuse. One that
// it honours does no harm.
func (t *trial) invalidKey(key, sent string, args ...any) Result {
	n := t.next()
	first := t.send(t.Request, n, key)
	switch {
	case first.refused() && first.ran <= 0:
		return holds(sent+"refused with %v, nothing executed", append(args, first)...)
	case t.notExecuted(first) != "":
		const means = "A client takes the response for an outage, and repeats a request that can never be executed."
		return differs(means, sent+"%v instead of a refusal", append(args, first)...)
	}
	repeated := t.send(t.Request, n, key)
	if t.outcomeOf(first, repeated) != same {
		const means = "The key is accepted and ignored: it protects nothing."
		return broken(means, sent+"executed with %v, and its repetition executed too", append(args, first)...)
	}
	const means = "Clients that keep to the profile never send such a key."
	return differs(means, sent+"accepted, and honoured", args...)
}

// letterCase uses two keys that differ in the case of a letter.
func (t *trial) letterCase() Result {
	lower := strings.ToLower(t.rules.minted())
	upper := strings.ToUpper(lower)
	if lower == upper || !t.rules.allows(upper) || !t.rules.allows(lower) {
		return notTried("the profile does not allow letters of both cases")
	}
	n := t.next()
	first := t.send(t.Request, n, lower)
	other := t.send(t.Request, n, upper)
	if t.notExecuted(first) != "" {
		return notTried("a request with a key in small letters: %v", first)
	}
	return t.another(first, other, "two keys that differ in the case of their letters")
}

// another judges the responses to one request under two keys that are alike.
func (t *trial) another(first, other response, keys string) Result {
	switch t.outcomeOf(first, other) {
	case again:
		return holds("%s: both requests were executed", keys)
	case same:
		const means = "Two operations whose keys are alike are taken for one: the second is never executed."
		return broken(means, "%s: the second request got the first one's result", keys)
	default:
		const means = "Clients that choose such keys, within the profile's rules, are refused."
		return differs(means, "%s: the second request got %v, and was not executed", keys, other)
	}
}
