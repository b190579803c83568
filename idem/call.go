package idem

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

// Call is one operation to be done.
type Call struct {
	// Request is what is to be sent.
	Request Request
	// Key is the idempotency key. The zero Key lets the engine mint one where
	// the class sends one.
	Key Key
	// Minted says that Key was made for this call alone, so that no other call
	// brings it before the call ends: the engine remembers it no longer than
	// that.
	SingleUseKey bool
	// Ref is the caller's name for the operation, which is then done once for
	// as long as the journal remembers it. Empty is none. It needs a journal,
	// and chooses the key.
	Ref string
	// Reserver records the operation, which needs a ref, inside a transaction
	// of the caller's: the call sends nothing, and ends in ErrReserved, or as
	// one with the ref does where the operation is done or the ref another
	// request's. Outcome is then OutcomeNotSent, or OutcomeUnknown where
	// another call has begun to send the operation. A later call with the ref,
	// or Recover, sends it. Where such a call ends not sent, or rejected for
	// now (Result.RetryHelps), the operation stays reserved, and Recover sends
	// it: only Resolve cancels it. Nil is the rule.
	Reserver Reserver
	// Invalid is why the caller does not want the call to be sent, such as a
	// bad argument. It ends with this error, and with what is known of its key
	// or ref. Nil is the rule.
	Invalid error
	// Policy changes how this call is tried. Zero fields are the engine's.
	// KeyTTL and KeyTTLMargin are refused: they are what the journal, recovery
	// and the other calls under the key go by.
	Policy Policy
	// Timeout bounds the whole call, as a context with this timeout would. Zero
	// is no bound beside the context's; less is refused.
	Timeout time.Duration
	// Decode makes a value of the body of a success, if it is one whole JSON
	// object of the right type. The value comes back as Response.Value. Where
	// it is an operation's own response that does not fit, the call ends in
	// ErrResponseLost and the error of Decode, which is returned as it is, and
	// so must not repeat the body. Beside a value it may return a DriftError,
	// or an error that is ErrResponseIncomplete: the value then counts for a
	// reconstructed response alone. Nil decodes nothing.
	Decode func(body []byte) (any, error)
	// DecodeProves says that Decode takes only what Operation.Prove would find
	// to prove the execution, and complete: a body that it decodes is not read
	// a second time.
	DecodeProves bool
	// Refetch reads the state that an idempotent operation asks for, where an
	// attempt of the call may have brought it about and its response is lost,
	// or shows another state (R14, R31, R33). It returns the response that the
	// operation would have had. With StateUnread that is what can be said
	// without reading, or nil. Nil never reads.
	Refetch func(context.Context) (*Response, State)
	// Confirms reports whether the response of a success shows the state that
	// an idempotent operation asks for. Nil takes each success for it.
	Confirms func(*Response) bool
}

// Result is how a call ended.
type Result struct {
	// Outcome is what is known about the operation.
	Outcome Outcome
	// Verdict is what the last attempt showed.
	Verdict Verdict
	// Err is nil if the operation was executed and its response is here. Its
	// text is made of fixed words; errors.Is and errors.As find what lies
	// beneath.
	Err error
	// Response is the last response that was read; nil if none came.
	Response *Response
	// Drift are the paths of a DriftError of Call.Decode; nil where there was
	// none.
	Drift []string
	// Key is the operation's key, with all that is known of it; zero if the
	// class sends none.
	Key Key
	// SafeUntil is the last moment, by the wall clock, at which the same call
	// may be begun again under the same key. Zero where a key does not protect
	// it, as one that belongs to another request, or where nothing was sent.
	SafeUntil time.Time
	// Replayed: the response is one that the server had stored.
	Replayed bool
	// Recovered: the response was read from the state that the operation left.
	Recovered bool
	// FromJournal: the response was recorded by an earlier call; nothing was
	// sent.
	FromJournal bool
	// RecordErr says why the journal could not be read or written, in fixed
	// words: the operation was not claimed, or its result not recorded.
	RecordErr error
	// Attempts lists the attempts, in order.
	Attempts []Attempt
	// Ref is the call's ref; empty where it had none.
	Ref string
	// RetryHelps reports whether making the same call again can lead to another
	// result: not where its fate is stored under the key, its response is
	// incomplete, its key expired, or the request itself is what is wrong.
	RetryHelps bool
	// RetryAfter is how long the server asked to wait in its last response;
	// zero where it did not ask.
	RetryAfter time.Duration
}

// call is the state of one operation under way. One goroutine runs it.
type call struct {
	engine   *Engine
	ctx      context.Context //nolint:containedctx // the state of one call
	request  Request
	decode   func([]byte) (any, error)
	refetch  func(context.Context) (*Response, State)
	confirms func(*Response) bool
	policy   *Policy // shared, and not changed
	held     keyHandle
	claim    *claim
	started  clock.Timestamp

	sender sendonce.Sender // of its attempts

	ref string
	id  string // of its events; empty until there is one

	attempts []Attempt
	first    attempt // the first one
	judged   classification
	last     *attempt // the last one that was judged
	answered *attempt // the last one that brought a response
	lastErr  error
	decision decision

	made     int32 // counted attempts
	progress int32 // responses that said "in progress"
	between  int32 // responses of intermediaries
	slow     uint8 // attempts that timed out at a server that had the request, 2 at most
	lost     lostResponses

	proves        bool // decode does
	alone         bool // no other call knows the key
	inDoubt       bool // an earlier attempt was ambiguous or lost its answer
	reached       bool // likewise, and the server itself may have seen it
	asked         bool // a refusal was asked for once more
	broke         bool // a reused connection broke
	needNewConn   bool // the next attempt gets a connection of its own
	lastUsed      bool // the attempt that the rules for retries never withhold is used
	returned      bool // no hook has panicked
	intentInDoubt bool // the intent may have been recorded, or may be yet

	maxElapsed time.Duration // of the whole call, by the monotonic clock
	reserve    time.Duration // of the caller's deadline, for reading the state
	credential string        // what the last attempt was authorized with
}

// Do does the operation, and says what is known when it ends.
func (e *Engine) Do(ctx context.Context, in Call) (r Result) {
	if e.drain.enter(ctx) {
		defer e.drain.leave()
	} else {
		in.Invalid = ErrClosed
	}
	if in.Timeout > 0 && ctx != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, in.Timeout)
		defer cancel()
	}
	c := e.newCall(ctx)
	defer c.settleUnreturned()
	if err := c.takePolicy(in.Policy); err != nil {
		in.Invalid = cmp.Or(in.Invalid, err)
	}
	c.request = in.Request
	c.decode, c.proves, c.refetch, c.confirms = in.Decode, in.DecodeProves, in.Refetch, in.Confirms
	c.do(&in, &r)
	c.decodeAnswer(&r)
	r.Ref = in.Ref
	c.emitEnd(r)
	c.outlived(&r)
	c.forget()
	c.returned = true
	return r
}

// outlived looks at the key once more: an observer may have taken its time, and
// another call under the key may have sent the operation meanwhile.
func (c *call) outlived(r *Result) {
	unsent := r.Outcome == OutcomeNotSent || r.Outcome == OutcomeRejected
	if c.engine.observe == nil || c.alone || !unsent || !c.request.Operation.Class.sendsKey() {
		return
	}
	if known := c.keyKnows(); known == OutcomeDone || known == OutcomeUnknown {
		r.Outcome = OutcomeUnknown
	}
}

func (e *Engine) newCall(ctx context.Context) *call {
	if ctx != nil {
		ctx = e.panics.containTrace(ctx)
	}
	started := e.clock.Now()
	return &call{
		engine:  e,
		ctx:     ctx,
		policy:  &e.policy,
		started: started,
		held:    keyHandle{keyTracker: newKeyTracker()},
	}
}

// do fills in the result. It is handed down, not up, so that no frame below which a call
// waits holds a copy: a goroutine that waits then gets by with the smaller stack.
func (c *call) do(in *Call, r *Result) {
	c.ref = in.Ref
	if end := c.indirect(in); end != nil {
		*r = *end
		return
	}
	c.direct(in, r)
}

// indirect ends a call that is not sent, or that a journal knows of; nil: neither.
func (c *call) indirect(in *Call) *Result {
	if err := c.check(in); err != nil {
		return new(c.invalid(in, err))
	}
	c.limit()
	switch {
	case in.Reserver != nil:
		return new(c.recordReservation(in))
	case c.engine.ledger.journal != nil && in.Request.Operation.Class != Safe:
		return new(c.journalled(in))
	default:
		return nil
	}
}

// decodeAnswer makes the value of an answer that no attempt brought, and finds the one
// that is none of the caller's type.
func (c *call) decodeAnswer(r *Result) {
	a, op := r.Response, &c.request.Operation
	if c.decode == nil || r.Err != nil || a == nil || a.Value != nil {
		return
	}
	if len(a.Body) == 0 && (op.NoContent || op.ResultHeader != "") {
		return
	}
	value, drift, err := c.decoded(a.Body, a.Reconstructed)
	if err != nil {
		r.Err = fmt.Errorf("%w: %w", ErrResponseLost, err)
		return
	}
	a.Value, r.Drift = value, drift
}

// decoded makes the value of a body, or says why there is none.
func (c *call) decoded(body []byte, reconstructed bool) (any, []string, error) {
	value, err := c.decode(body)
	if err == nil { // the rule
		return value, nil, nil
	}
	var drift DriftError
	switch {
	case errors.As(err, &drift):
		return value, drift, nil
	case reconstructed && value != nil && errors.Is(err, ErrResponseIncomplete):
		return value, nil, nil
	default:
		return nil, nil, err
	}
}

// forget lets go of what was sent and answered. A connection that was used may
// keep the call until its next use, as its guard.
func (c *call) forget() {
	c.request.Body, c.request.Header, c.last, c.answered = nil, nil, nil, nil
	c.first.seen = evidence{}
	if c.claim != nil {
		c.claim.forget()
	}
}

// check refuses a call that could not be kept as asked. Nothing is sent.
func (c *call) check(in *Call) error {
	class := in.Request.Operation.Class
	switch {
	case c.ctx == nil:
		return errNilContext
	case in.Invalid != nil:
		return in.Invalid
	case in.Timeout < 0:
		return &InvalidError{Field: "Timeout", Reason: "is negative"}
	case !token(in.Request.Method):
		return &InvalidError{Field: "method", Reason: "is not an HTTP token"}
	case !in.Key.IsZero() && !class.sendsKey():
		return badKey("is not taken by this operation")
	case in.Ref == "" && in.Reserver != nil:
		return &InvalidError{Field: "ref", Reason: "is needed for a reservation"}
	case in.Ref == "":
	case checkRef(in.Ref) != nil:
		return checkRef(in.Ref)
	case c.engine.ledger.journal == nil:
		return &InvalidError{Field: "ref", Reason: "needs a journal"}
	case class == Safe:
		return &InvalidError{Field: "ref", Reason: "is not taken by an operation that only reads"}
	case !in.Key.IsZero():
		return badKey("cannot be given with a ref, which chooses it")
	}
	if !in.Key.IsZero() {
		if err := c.engine.profile.checkKey(in.Key.value); err != nil {
			return err
		}
	}
	if err := c.engine.CheckHeader(in.Request.Header); err != nil {
		return err
	}
	if c.engine.ledger.journal != nil && class != Safe {
		return in.Request.validateUTF8()
	}
	return nil
}

// invalid ends a call that cannot be sent as asked. What was done under its key or
// ref before remains so; the journal is not asked. A ref that is invalid never had a
// record, nor has one that comes with a key.
func (c *call) invalid(in *Call, err error) Result {
	outcome := OutcomeNotSent
	switch {
	case in.Request.Operation.Class == Safe:
	case !in.Key.IsZero():
		defer c.takeKey(in)()
		outcome = c.keyKnows()
	case in.Ref != "" && checkRef(in.Ref) == nil && c.engine.ledger.journal != nil:
		outcome = OutcomeUnknown
	}
	return c.refused(outcome, err)
}

// direct runs a call that no journal knows.
func (c *call) direct(in *Call, r *Result) {
	defer c.takeKey(in)()
	if outcome, err := c.admitKey(); err != nil {
		*r = *c.barred(outcome, err)
		return
	}
	c.send(c.ctx)
	c.finish(r)
}

// takeKey takes the given key into use, or mints one where the class sends one.
func (c *call) takeKey(in *Call) (release func()) {
	switch {
	case !c.request.Operation.Class.sendsKey():
	case in.Key.IsZero():
		c.held.value, c.alone = newUUIDv7(c.started.WallTime()), true
	case in.SingleUseKey:
		c.held, c.alone = newHandle(in.Key), true
	default:
		c.held = c.engine.keys.acquire(in.Key, c.started)
		held := c.held
		return func() { c.engine.keys.release(held, c.engine.clock.Now()) }
	}
	return func() {}
}

// admitKey refuses a key that belongs to another request (R4), is past its
// window (R10), or does not protect the repetition that it would be.
func (c *call) admitKey() (Outcome, error) {
	class := c.request.Operation.Class
	if class == NonIdempotent && c.held.snapshot().effectiveOutcome() == OutcomeUnknown { // taken over from another owner
		return OutcomeUnknown, &endError{stop: stopClass}
	}
	if !class.sendsKey() {
		return 0, nil
	}
	k, ours := c.held.bind(c.fingerprint())
	if !ours {
		if k.effectiveOutcome() == OutcomeNotSent || k.effectiveOutcome() == OutcomeRejected {
			return OutcomeRejected, ErrKeyReused
		}
		return OutcomeUnknown, ErrKeyReused
	}
	if k.since.IsZero() {
		return 0, nil
	}
	if class == KeyUnverified && k.effectiveOutcome() != OutcomeRejected {
		return k.effectiveOutcome(), &endError{stop: stopClass}
	}
	if !c.engine.window().open(k, c.engine.clock.Now()) {
		return k.effectiveOutcome(), ErrKeyExpired
	}
	return 0, nil
}

func (c *call) fingerprint() requestHash {
	r := &c.request
	return hashRequest(r.Body, r.Operation.Name, r.Method, c.engine.base, r.Path, r.Query.Encode())
}

func (e *Engine) window() window {
	return window{ttl: e.policy.KeyTTL, margin: e.policy.KeyTTLMargin}
}

// windowed reports whether a key's window bounds this call.
func (c *call) windowed(k keySnapshot) bool {
	return c.request.Operation.Class == Keyed && !k.since.IsZero()
}
