package conformance

import (
	"context"

	"github.com/bardge/bardge-go/idem"
)

// anotherBody sends another request under a used key.
func (t *trial) anotherBody(ctx context.Context) (Result, error) {
	const sent = "a key, then the same key with another body: "
	n, key, first, untried, err := t.used(ctx)
	if err != nil || untried != "" {
		return notTried("%s", untried), err
	}
	other, err := t.send(ctx, t.Request, t.next(), key)
	if err != nil {
		return Result{}, err
	}
	if found, reused := t.reused(sent, first, other); !reused {
		return found, nil
	}
	// The refusal must leave the key what it was.
	repeated, err := t.send(ctx, t.Request, n, key)
	if err != nil {
		return Result{}, err
	}
	if t.outcomeOf(first, repeated) != same {
		const means = "A refused request makes the server forget the first one: its repetition is not safe any more."
		return broken(means, sent+"refused with %v; then the first request again: %v", other, repeated), nil
	}
	if t.rules.Classify != nil && other.signal != idem.SignalKeyReused {
		const means = "A client takes the refusal for the API's own, and does not learn that its key is used."
		return differs(means, sent+"refused with %v, which the profile does not take for a used key", other), nil
	}
	return holds(sent+"refused with %v, nothing executed", other), nil
}

// anotherPath sends the same body under a used key to another path, or with
// another method.
func (t *trial) anotherPath(ctx context.Context) (Result, error) {
	const sent = "a key, then the same key with another path or method: "
	if t.Other == nil {
		return notTried("no other path or method is known"), nil
	}
	n, key, first, untried, err := t.used(ctx)
	if err != nil || untried != "" {
		return notTried("%s", untried), err
	}
	other, err := t.send(ctx, t.Other, n, key)
	if err != nil {
		return Result{}, err
	}
	if t.outcomeOf(first, other) == again {
		return noted(sent+"%v, executed: each path has keys of its own", other), nil
	}
	found, reused := t.reused(sent, first, other)
	if reused {
		return holds(sent+"refused with %v, nothing executed", other), nil
	}
	return found, nil
}

// used sends a request under a new key. Where it is not executed, untried has
// the reason.
func (t *trial) used(ctx context.Context) (n int, key string, first response, untried string, err error) {
	n, key = t.next(), t.rules.minted()
	first, err = t.send(ctx, t.Request, n, key)
	if reason := t.notExecuted(first); reason != "" {
		untried = "the request " + reason
	}
	return n, key, first, untried, err
}

// reused judges the response to another request under a used key, unless it is
// a refusal.
func (t *trial) reused(sent string, first, other response) (found Result, refusal bool) {
	switch t.outcomeOf(first, other) {
	case same:
		const means = "A client takes the response of one request for the response of another one, " +
			"which is never executed."
		return broken(means, sent+"%v with the first request's result, nothing executed", other), false
	case again:
		const means = "One key executes two operations, so that a repetition of either is not safe."
		return broken(means, sent+"%v, executed", other), false
	case refused:
		return Result{}, true
	default:
		const means = "A client repeats a request that can never be executed."
		return differs(means, sent+"%v instead of a refusal, nothing executed", other), false
	}
}

// anotherAccount sends a used key with other credentials.
func (t *trial) anotherAccount(ctx context.Context) (Result, error) {
	const sent = "a key, then the same key with the credentials of another account: "
	if t.Second == nil {
		return notTried("no second account is known"), nil
	}
	n, key, first, untried, err := t.used(ctx)
	if err != nil || untried != "" {
		return notTried("%s", untried), err
	}
	own, err := t.send(ctx, t.Second, n, t.rules.minted())
	if err != nil {
		return Result{}, err
	}
	if reason := t.notExecuted(own); reason != "" {
		return notTried("with the second account's credentials, a request with a key of its own %s", reason), nil
	}
	other, err := t.send(ctx, t.Second, n, key)
	if err != nil {
		return Result{}, err
	}
	switch t.outcomeOf(first, other) {
	case again:
		return holds(sent+"%v, executed for that account", other), nil
	case same:
		const means = "An account gets the response of another one: its own request is never executed, and it reads " +
			"what is not its own."
		return broken(means, sent+"%v with the first account's result", other), nil
	default:
		const means = "An account can use up the keys of another one."
		return broken(means, sent+"%v", other), nil
	}
}
