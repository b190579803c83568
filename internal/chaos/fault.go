package chaos

import (
	"fmt"
	"time"
)

// Kind names a fault that strikes one request.
type Kind string

// Faults on the way to the server.
const (
	StaleConn   Kind = "stale connection" // it breaks before the first byte is written
	CutRequest  Kind = "cut request"      // it breaks when half of the request has arrived, or all but a byte
	DeadConn    Kind = "dead connection"  // from here on nothing arrives, without an error
	LateRequest Kind = "late request"     // the request is on its way for Wait
	LateAndLost Kind = "late and lost"    // likewise, and then there is no response
	HeldRequest Kind = "held request"     // the client's host cannot send it for Wait
)

// Faults in the server itself.
const (
	SlowBefore  Kind = "slow before"  // Wait passes between taking up the key and executing
	SlowAfter   Kind = "slow after"   // Wait passes between executing and answering
	ServerError Kind = "server error" // 5xx with the error object; After: executed and stored with that status
)

// Faults in the response. After: the server has handled the request; otherwise
// it has not received it.
const (
	ResetConn      Kind = "reset"           // the connection is reset
	CloseConn      Kind = "closed"          // it is closed without a response
	CutResponse    Kind = "cut response"    // the true response breaks off: by length, in a chunk, without a sign
	SlowResponse   Kind = "slow response"   // its second half comes after Wait
	ProxyError     Kind = "proxy error"     // 502, 503, 504 in HTML
	Portal         Kind = "portal"          // 200 in HTML, not from the server
	ProxyTimeout   Kind = "proxy timeout"   // 408 without the error object
	Redirect       Kind = "redirect"        // 3xx, to another host or to a page of this one
	Middlebox      Kind = "middlebox"       // 4xx without the error object
	GatewayRefusal Kind = "gateway refusal" // 413 and the like, which exclude an execution
	Garbage        Kind = "garbage"         // an invalid status line, or no HTTP at all
	Throttle       Kind = "throttle"        // 429 or 503 with a Retry-After of all sorts
	EarlyRefusal   Kind = "early refusal"   // 400, 401, 403 with the error object, the key untouched
	OddBody        Kind = "odd body"        // 2xx with JSON that is no response
	NoType         Kind = "no type"         // the true response without a content type
	Oversized      Kind = "oversized"       // the true response, more than 10 MiB of it
	Asleep         Kind = "asleep"          // the client's machine sleeps for Wait before the response comes, which is lost
)

// Further faults in the server and in its responses.
const (
	// RollsBack: executing takes Wait, and is undone if the client leaves
	// meanwhile. It strikes each request of the operation.
	RollsBack Kind = "rolls back"
	// NotCancelled: a cancellation is answered with the booking as it was, and
	// not executed.
	NotCancelled Kind = "not cancelled"
	// GatewaySuccess: 2xx with a JSON object from a gateway, with and without a
	// request id.
	GatewaySuccess Kind = "gateway success"
	// ExtraResponse: the true response, and one more that the next request on
	// the connection meets.
	ExtraResponse Kind = "extra response"
	// OddEncoding: the true response in bytes that break a rule. It strikes
	// each request of the operation.
	OddEncoding Kind = "odd encoding"
	// LongWait: 429 or 503 with a Retry-After of 84 seconds or more.
	LongWait Kind = "long wait"
	// NotImplemented: 501 in HTML.
	NotImplemented Kind = "not implemented"
	// Ingress: 404 in HTML, also for the two requests that follow.
	Ingress Kind = "ingress"
	// RotatedKey: 401 with the error object, also for the two requests that
	// follow. The credentials change each time.
	RotatedKey Kind = "rotated key"
	// ClockForward: the client's wall clock is set forward by Wait, and the
	// response is lost.
	ClockForward Kind = "clock forward"
	// ClockBack: likewise, back; forward in a simulation whose monotonic clock
	// may stop (A3).
	ClockBack Kind = "clock back"
)

// Faults of a dial. Each strikes one dial.
const (
	DialRefused    Kind = "dial refused"
	DialHangs      Kind = "dial hangs" // for 20 seconds
	UnknownHost    Kind = "unknown host"
	BadCertificate Kind = "bad certificate"
)

// Faults of the callbacks that a client's user provides, see
// [Simulation.Callback].
const (
	CallbackFails  Kind = "callback fails"
	CallbackBlocks Kind = "callback blocks" // for 16 seconds, or until its context ends
	CallbackHangs  Kind = "callback hangs"  // for 16 seconds, even if its context ends
	CallbackPanics Kind = "callback panics"
)

// kinds lists every fault in a fixed order, so that a seed always picks the
// same.
var kinds = []Kind{
	StaleConn, CutRequest, DeadConn, LateRequest, LateAndLost, HeldRequest, SlowBefore, SlowAfter, ServerError,
	ResetConn, CloseConn, CutResponse, SlowResponse, ProxyError, Portal, ProxyTimeout, Redirect, Middlebox, GatewayRefusal, Garbage, Throttle,
	EarlyRefusal, OddBody, NoType, Oversized, Asleep,
	RollsBack, NotCancelled, GatewaySuccess, ExtraResponse, OddEncoding, LongWait, NotImplemented, Ingress, RotatedKey,
	ClockForward, ClockBack,
}

// dialKinds and callbackKinds are the kinds that strike elsewhere than at a
// request.
var (
	dialKinds     = []Kind{DialRefused, DialHangs, UnknownHost, BadCertificate}
	callbackKinds = []Kind{CallbackFails, CallbackBlocks, CallbackHangs, CallbackPanics}
)

// lasting are the kinds after which a client can only retry.
var lasting = []Kind{LateAndLost, HeldRequest, DeadConn, ResetConn, CloseConn, ProxyError}

var (
	// onTheWay are the kinds that the network does to the request.
	onTheWay = map[Kind]bool{
		StaleConn: true, CutRequest: true, DeadConn: true, LateRequest: true, LateAndLost: true, HeldRequest: true,
	}
	// onlyBefore and onlyAfter are the kinds that make no sense the other way
	// round.
	onlyBefore = map[Kind]bool{
		StaleConn: true, CutRequest: true, DeadConn: true, Portal: true, GatewayRefusal: true, EarlyRefusal: true,
		Ingress: true, RotatedKey: true,
	}
	onlyAfter = map[Kind]bool{
		LateRequest: true, LateAndLost: true, HeldRequest: true, SlowBefore: true, SlowAfter: true, CutResponse: true, SlowResponse: true,
		NoType: true, Oversized: true, Asleep: true,
		RollsBack: true, NotCancelled: true, ExtraResponse: true, OddEncoding: true,
	}
	// ofTheOperation are the kinds that strike each request of an operation
	// whose first they strike, inARow those that strike two more requests.
	ofTheOperation = map[Kind]bool{RollsBack: true, OddEncoding: true}
	inARow         = map[Kind]bool{Ingress: true, RotatedKey: true}
)

// Fault is what strikes one request. The zero value is none.
type Fault struct {
	Kind Kind
	// After: the server has handled the request before the fault shows. Kinds
	// that make sense in one way only are taken that way.
	After bool
	// Wait is how long the fault takes, for the kinds that take time.
	Wait time.Duration
	// Variant selects among the shapes of a kind; any number will do.
	Variant int
}

// String describes the fault in a timeline.
func (f Fault) String() string {
	if f.Kind == "" {
		return "no fault"
	}
	s := fmt.Sprintf("%s/%d", f.Kind, f.Variant)
	if f.After && !onlyAfter[f.Kind] {
		s += " after"
	}
	if f.Wait > 0 {
		s += " " + f.Wait.Round(time.Millisecond).String()
	}
	return s
}

func (f Fault) sensible() Fault {
	f.After = (f.After || onlyAfter[f.Kind]) && !onlyBefore[f.Kind]
	return f
}

// before reports whether an intermediary responds in place of the server.
func (f Fault) before() bool { return f.Kind != "" && !f.After && !onTheWay[f.Kind] }

// Faults are the chances of what goes wrong. The zero value is a perfect
// network.
type Faults struct {
	First float64 // chance that a fault strikes the first request of an operation
	Later float64 // chance that one strikes a later request
	// Dial is the chance that a dial fails, by the kinds of dials in Mix; if it
	// has none, a dial is refused or, one time in four, hangs.
	Dial  float64
	Pause float64 // chance that the client's machine is suspended at a dial, or between connection and first byte
	// Unlucky is the chance that nearly all requests of an operation are hit,
	// by faults after which a client can only retry, so that it reaches the end
	// of its window.
	Unlucky float64
	// Refused is the chance that the server refuses an operation for good,
	// behind the idempotency layer.
	Refused float64
	// Callback is the chance that an invocation of a callback goes wrong, by
	// the kinds of callbacks in Mix.
	Callback float64
	// Mix is the share of each kind among the faults; nil: DefaultMix.
	Mix map[Kind]int
}

// DefaultFaults returns a bad day: three first requests in ten are hit.
func DefaultFaults() Faults {
	return Faults{First: 0.3, Later: 0.25, Dial: 0.05, Pause: 0.02, Unlucky: 0.04, Refused: 0.05}
}

// DefaultMix returns the shares of the kinds on such a day. A lost response is
// the most frequent; one of ten megabytes is rare, because it takes the test
// more time than all others. Asleep is not among them: there are pauses enough.
func DefaultMix() map[Kind]int {
	return map[Kind]int{
		StaleConn: 12, CutRequest: 12, DeadConn: 12, LateRequest: 24, LateAndLost: 15, HeldRequest: 9,
		SlowBefore: 15, SlowAfter: 15, ServerError: 30,
		ResetConn: 30, CloseConn: 24, CutResponse: 24, SlowResponse: 12,
		ProxyError: 24, Portal: 9, ProxyTimeout: 9, Redirect: 9, Middlebox: 12, GatewayRefusal: 6, Garbage: 9,
		Throttle: 24, EarlyRefusal: 12, OddBody: 12, NoType: 6, Oversized: 1,
		RollsBack: 4, GatewaySuccess: 18, ExtraResponse: 12, OddEncoding: 4, LongWait: 8, NotImplemented: 6,
		Ingress: 8, RotatedKey: 6, ClockForward: 6, ClockBack: 6,
		DialRefused: 24, DialHangs: 10, UnknownHost: 4, BadCertificate: 2,
	}
}

// Broken breaks the assumptions on which the promise of a client rests. The
// zero value breaks none.
type Broken struct {
	LateBy         time.Duration // A1: a late request takes this much longer than the margin
	ForgetsEarly   time.Duration // A2: keys are forgotten this much before their time
	ForgetsFailed  bool          // A2: an executed request that was answered with a 5xx is forgotten
	BothClocksStop bool          // A3: both of the client's clocks stop while its machine is suspended
	IgnoresKeys    bool          // A4: keys are accepted and not honoured
}

// Margin is how long after being given up a request may still reach the server
// (A1).
const Margin = 5 * time.Second
