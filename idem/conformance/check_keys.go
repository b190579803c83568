package conformance

import (
	"context"
	"fmt"
	"strings"
)

// longestKey uses keys of the greatest length that differ at their end.
func (t *trial) longestKey(ctx context.Context) (Result, error) {
	length := t.rules.longest()
	if len(t.rules.minted()) == length {
		return holds("the keys of all checks have the greatest length, %d bytes", length), nil
	}
	key := t.rules.random(length)
	n := t.next()
	first, err := t.send(ctx, t.Request, n, key)
	if err != nil {
		return Result{}, err
	}
	if reason := t.notExecuted(first); reason != "" {
		const means = "Clients that choose their own keys, within the profile's limits, are refused."
		return differs(means, "a key of %d bytes: the request %s", length, reason), nil
	}
	repeated, err := t.send(ctx, t.Request, n, key)
	if err != nil {
		return Result{}, err
	}
	if t.outcomeOf(first, repeated) != same {
		return broken(repeats, "a key of %d bytes, and its repetition: %v and %v", length, first, repeated), nil
	}
	other, err := t.send(ctx, t.Request, n, key[:length-1]+t.rules.otherThan(key[length-1]))
	if err != nil {
		return Result{}, err
	}
	return t.another(first, other, fmt.Sprintf("two keys of %d bytes that differ in the last one", length)), nil
}

// keyTooLong uses a key of one byte more than the profile allows.
func (t *trial) keyTooLong(ctx context.Context) (Result, error) {
	if t.rules.KeyMaxLength == 0 {
		return notTried("the profile states no greatest length"), nil
	}
	length := t.rules.KeyMaxLength + 1
	return t.invalidKey(ctx, t.rules.random(length), "a key of %d bytes: ", length)
}

// keyAlphabet uses a key with a character that the profile does not allow.
func (t *trial) keyAlphabet(ctx context.Context) (Result, error) {
	c, ok := t.rules.foreign()
	if !ok {
		return notTried("the profile allows each visible character"), nil
	}
	key := t.rules.minted()
	return t.invalidKey(ctx, key[:len(key)-1]+c, "a key with the character %s: ", c)
}

// invalidKey sends a request under a key that the server should refuse. One that
// it honours does no harm.
func (t *trial) invalidKey(ctx context.Context, key, sent string, args ...any) (Result, error) {
	n := t.next()
	first, err := t.send(ctx, t.Request, n, key)
	switch {
	case err != nil:
		return Result{}, err
	case first.refused() && first.ran <= 0:
		return holds(sent+"refused with %v, nothing executed", append(args, first)...), nil
	case t.notExecuted(first) != "":
		const means = "A client takes the response for an outage, and repeats a request that can never be executed."
		return differs(means, sent+"%v instead of a refusal", append(args, first)...), nil
	}
	repeated, err := t.send(ctx, t.Request, n, key)
	if err != nil {
		return Result{}, err
	}
	if t.outcomeOf(first, repeated) != same {
		const means = "The key is accepted and ignored: it protects nothing."
		return broken(means, sent+"executed with %v, and its repetition executed too", append(args, first)...), nil
	}
	const means = "Clients that keep to the profile never send such a key."
	return differs(means, sent+"accepted, and honoured", args...), nil
}

// letterCase uses two keys that differ in the case of a letter.
func (t *trial) letterCase(ctx context.Context) (Result, error) {
	lower := strings.ToLower(t.rules.minted())
	upper := strings.ToUpper(lower)
	if lower == upper || !t.rules.allows(upper) || !t.rules.allows(lower) {
		return notTried("the profile does not allow letters of both cases"), nil
	}
	n := t.next()
	first, err := t.send(ctx, t.Request, n, lower)
	if err != nil {
		return Result{}, err
	}
	other, err := t.send(ctx, t.Request, n, upper)
	if err != nil {
		return Result{}, err
	}
	if t.notExecuted(first) != "" {
		return notTried("a request with a key in small letters: %v", first), nil
	}
	return t.another(first, other, "two keys that differ in the case of their letters"), nil
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
