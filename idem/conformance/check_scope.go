package conformance

import "github.com/bardge/bardge-go/idem"

func (t *trial) anotherBody() Result {
	const sent = "a key, then the same key with another body: "
	u := t.use()
	if u.untried != "" {
		return notTried("%s", u.untried)
	}
	other := t.send(t.Request, t.next(), u.key)
	if found, reused := t.reused(sent, u.first, other); !reused {
		return found
	}
	// The refusal must leave the key what it was.
	repeated := t.send(t.Request, u.n, u.key)
	if t.outcomeOf(u.first, repeated) != same {
		const means = "A refused request makes the server forget the first one: its repetition is not safe any more."
		return broken(means, sent+"refused with %v; then the first request again: %v", other, repeated)
	}
	if t.rules.Classify != nil && other.signal != idem.SignalKeyReused {
		const means = "A client takes the refusal for the API's own, and does not learn that its key is used."
		return differs(means, sent+"refused with %v, which the profile does not take for a used key", other)
	}
	return holds(sent+"refused with %v, nothing executed", other)
}

// anotherPath sends the same body under a used key to another path, or with
// another method.
func (t *trial) anotherPath() Result {
	const sent = "a key, then the same key with another path or method: "
	if t.Other == nil {
		return notTried("no other path or method is known")
	}
	u := t.use()
	if u.untried != "" {
		return notTried("%s", u.untried)
	}
	other := t.send(t.Other, u.n, u.key)
	if t.outcomeOf(u.first, other) == again {
		return noted(sent+"%v, executed: each path has keys of its own", other)
	}
	found, reused := t.reused(sent, u.first, other)
	if reused {
		return holds(sent+"refused with %v, nothing executed", other)
	}
	return found
}

// usedKey is a key with what was sent under it.
type usedKey struct {
	n       int
	key     string
	first   response
	untried string // why the request was not executed
}

func (t *trial) use() usedKey {
	u := usedKey{n: t.next(), key: t.rules.minted()}
	u.first = t.send(t.Request, u.n, u.key)
	if reason := t.notExecuted(u.first); reason != "" {
		u.untried = "the request " + reason
	}
	return u
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

func (t *trial) anotherAccount() Result {
	const sent = "a key, then the same key with the credentials of another account: "
	if t.Second == nil {
		return notTried("no second account is known")
	}
	u := t.use()
	if u.untried != "" {
		return notTried("%s", u.untried)
	}
	own := t.send(t.Second, u.n, t.rules.minted())
	if reason := t.notExecuted(own); reason != "" {
		return notTried("with the second account's credentials, a request with a key of its own %s", reason)
	}
	other := t.send(t.Second, u.n, u.key)
	switch t.outcomeOf(u.first, other) {
	case again:
		return holds(sent+"%v, executed for that account", other)
	case same:
		const means = "An account gets the response of another one: its own request is never executed, and it reads " +
			"what is not its own."
		return broken(means, sent+"%v with the first account's result", other)
	default:
		const means = "An account can use up the keys of another one."
		return broken(means, sent+"%v", other)
	}
}
