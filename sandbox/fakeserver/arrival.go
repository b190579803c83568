package fakeserver

import (
	"context"
	"net/http"
	"time"
)

// admit numbers a request.
func (c *Control) admit(call *Call) {
	call.arrived = c.Clock.Now()
	call.passed, _, _ = c.Clock.elapsed()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests++
	call.ID = numbered("req", c.requests)
	call.rules = c.keys.rules
}

// arrive opens a request's line, names its key and finds its fault, in one
// step: requests with one key that arrive together are distinguished.
func (c *Control) arrive(call *Call, op string, keyed bool, account string, r *http.Request) {
	line := newLine(call, op, r, shownKey(r.Header.Get(call.rules.Header)))
	line.Account = account
	asked := askedFault(r)
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.book.name(line)
	c.book.open(line)
	call.line = line
	if known != nil && known.seen {
		asked = ""
	}
	queued, awaited := c.plan.queued(op, account)
	switch {
	case awaited:
		call.fault = effectOf(queued)
	case asked == "":
		call.fault = effectOf(c.plan.draw())
	default:
		call.asked = effectOf(asked)
		if call.asked.atTakeUp && known != nil && call.rules.key(keyed, r) != "" {
			return
		}
		call.fault = call.asked
		call.asked = effect{}
	}
	line.meets(call.fault.text)
	if known != nil {
		known.seen = true
	}
}

// askedFault returns the fault that a request's header asks for; "" without the
// header. One that is empty, or there twice, names no fault: an unset variable
// of a script would ask for none.
func askedFault(r *http.Request) Fault {
	switch asked := r.Header.Values(FaultHeader); {
	case len(asked) == 0:
		return ""
	case len(asked) > 1 || asked[0] == "":
		return unreadable
	default:
		return Fault(asked[0])
	}
}

// takeUp takes up a key, or returns the slot of the request that did. The
// request that takes up a key meets its header's fault.
func (c *Control) takeUp(call *Call, key scopedKey, sum fingerprint) (slot *keySlot, v verdict) {
	now := c.Clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	slot, fresh := c.keys.take(key, sum, now)
	if !fresh {
		return slot, call.rules.judge(slot, sum)
	}
	c.meetAsked(call)
	return slot, verdictRun
}

// meetAsked gives a request its header's fault, unless the
// server has seen its key before. The caller holds the lock.
func (*Control) meetAsked(call *Call) {
	if call.line.known == nil || call.line.known.seen {
		return
	}
	call.line.known.seen = true
	if call.asked.text != "" {
		call.fault = call.asked
		call.line.meets(call.fault.text)
	}
}

// settle keeps an operation's response under its key, and what it touched.
func (c *Control) settle(slot *keySlot, a *Response, resource string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keys.settle(slot, a, resource)
}

// executed notes what an operation did, before its response is sent.
func (c *Control) executed(call *Call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.book.set(call.line, call.result)
	call.line.Resource = cut(call.resource, maxResourceShown)
}

// replayed notes that a request gets the response of an earlier one, and what
// that one touched.
func (c *Control) replayed(call *Call, resource string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	call.result = ResultReplayed
	call.line.Resource = cut(resource, maxResourceShown)
}

// missed gives a request that ended before its key was taken up its header's
// fault.
func (c *Control) missed(call *Call) {
	if call.asked.text == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.meetAsked(call)
}

// finish ends a request's line; a nil response is none.
func (c *Control) finish(call *Call, a *Response) {
	passed, _, _ := c.Clock.elapsed()
	call.ended = true
	c.mu.Lock()
	if a != nil {
		call.line.Status, call.line.Code = a.status, a.Code
	}
	c.book.finish(call.line, call.result, passed-call.passed)
	c.mu.Unlock()
	c.sink.write(call.line)
}

// unknown records a request for a route that the API does not have.
func (c *Control) unknown(call *Call, account string, r *http.Request) {
	line := newLine(call, UnknownRoute, r, shownKey(r.Header.Get(call.rules.Header)))
	line.Account = account
	call.line = line
	c.mu.Lock()
	defer c.mu.Unlock()
	c.book.name(line)
	c.book.open(line)
}

// read notes how much of a request's body was read.
func (c *Control) read(call *Call, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	call.line.RequestBytes = bytes
}

// wait lets the server's time pass and reports whether it did: not if the
// server was closed or ctx ended meanwhile.
func (c *Control) wait(ctx context.Context, d time.Duration) bool {
	return c.Clock.wait(ctx, c.network.done, c.Clock.in(d))
}
