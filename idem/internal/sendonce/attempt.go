package sendonce

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// Attempt is one request under way. The zero value is ready for Begin, and used
// once. Trace hooks may run on other goroutines, and after the transport has
// returned.
type Attempt struct {
	sender         *Sender
	caller         context.Context //nolint:containedctx // the state of one attempt
	ctx            context.Context //nolint:containedctx // likewise
	start          clock.Timestamp
	size           int  // of the body
	needsSendCheck bool // the gate is checked where bytes leave
	handedOver     bool // to the transport
	responded      bool // there is a status
	hooks          httptrace.ClientTrace
	trace          *httptrace.ClientTrace  // the hooks, or others after a redirect
	callerIdle     func(error)             // the caller's PutIdleConn; or nil
	cancel         context.CancelCauseFunc // ends an attempt that nothing else can hold back; or nil

	mu            sync.Mutex
	connRequested bool // GetConn
	connAcquired  bool // GotConn
	reused        bool // it had served others
	counted       bool // Gate.Begin was called
	returned      bool // the transport has
	wroteEarlier  bool // bytes were written on an earlier connection of this attempt
	untrackedConn bool // some connection was not tracked
	atServer      bool // its time was over, and the server had the request
	conn          *trackedConn
	use           int64 // of conn
	bytesBefore   int64 // written on conn before
}

// Begin begins an attempt that has started at start and may last for limit, and
// returns its context. The caller's trace in ctx is kept. With needsSendCheck
// the gate is checked wherever bytes leave.
func (a *Attempt) Begin(
	ctx context.Context, s *Sender, start clock.Timestamp, limit time.Duration, needsSendCheck bool,
) context.Context {
	a.sender, a.caller, a.start, a.needsSendCheck = s, ctx, start, needsSendCheck
	a.trace = &a.hooks
	a.hooks.GetConn, a.hooks.GotConn = a.getConn, a.gotConn
	if s.TracksSent {
		a.hooks.WroteRequest = a.wroteRequest
	}
	a.ctx = s.begin(ctx, a, limit)
	return a.ctx
}

// Abandon ends an attempt that has begun and is not sent.
func (a *Attempt) Abandon() { a.sender.finish(false) }

// Send sends the request once, reads the response to its end, under the
// attempt's deadline (R19), and fills in the evidence: no frame below which a
// caller waits holds a copy. A panic of the caller's transport or dialer passes
// through (R39).
func (a *Attempt) Send(req *Request, e *Evidence) {
	a.size = len(req.Body)
	ctx := a.ctx
	if a.needsSendCheck && a.size == 0 && !a.sender.Session.transports.own {
		ctx, a.cancel = context.WithCancelCause(ctx) // there is no body to refuse
		defer a.cancel(nil)
	}
	for made, u := 1, req.URL; u != nil; made++ {
		if made > 1 {
			a.mu.Lock()
			a.responded, a.returned = false, false
			a.trace = &httptrace.ClientTrace{GetConn: a.getConn, GotConn: a.gotConn} // the first may still be used
			a.mu.Unlock()
			*e = Evidence{}
		}
		a.roundTrip(ctx, req, u, e)
		u = req.redirect(u, made, e)
	}
	a.sender.finish(e.ValidStatus() && e.BodyErr == nil && !e.TooLarge)
}

// Proof is what is known of the attempt's bytes where a panic has ended Send.
func (a *Attempt) Proof() Proof {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.returned = true
	if !a.handedOver { // nor has it begun, perhaps
		return ProofNotTried
	}
	a.sender.sent.Store(false)
	if a.responded {
		return ProofNone
	}
	return a.proof(nil)
}

// Counted reports whether Gate.Begin was called.
func (a *Attempt) Counted() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.counted
}

func (a *Attempt) roundTrip(ctx context.Context, r *Request, u *url.URL, e *Evidence) {
	req := a.newRequest(httptrace.WithClientTrace(ctx, a.trace), r, u)
	a.callerIdle = a.trace.PutIdleConn
	a.handedOver = true
	t := &a.sender.Session.transports
	if !t.own {
		a.begin(a.start) // it may not trace: the request counts from here on (R7)
	}
	rt := t.pooled
	if r.NewConn || !r.ReadOnly && t.distrust.holds(a.start) {
		rt = t.fresh
	}
	resp, err := rt.RoundTrip(req) //nolint:bodyclose // receive closes it
	switch {
	case err != nil:
		if p, ok := errors.AsType[*dialPanicError](err); ok {
			panic(p.value) // for the call to settle its state (R39)
		}
		err = a.ownError(ctx, err)
	case resp == nil:
		err = errNoResponse
	default:
		err = a.receive(resp, e)
	}
	e.End = a.sender.Session.clock.Now()
	a.conclude(err, e)
}

var errNoResponse = errors.New("idem: the transport returned nothing")

// ownError returns the reason for which this package has ended an attempt;
// without one, the transport's error. net/http returns the error of a refused
// write, or of the read that ends with it, as it happens.
func (a *Attempt) ownError(ctx context.Context, err error) error {
	for _, own := range []error{ErrAttemptTimeout, ErrTooLate, ErrSlept} {
		if errors.Is(context.Cause(ctx), own) {
			return own
		}
	}
	if c, _, _ := a.tracked(); c != nil {
		if why := c.exchange.refused(); why != nil {
			return why
		}
	}
	return err
}

// conclude adds what the connection and the trace have shown.
func (a *Attempt) conclude(err error, e *Evidence) {
	a.sender.sent.Store(false)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.returned = true
	e.Counted, e.Reused = a.counted, a.reused
	if err == nil {
		return
	}
	e.Err, e.Cause, e.Proof = err, CauseOf(err), a.proof(err)
	e.Cancelled = a.caller.Err() != nil
	e.AtServer = a.atServer && errors.Is(err, ErrAttemptTimeout)
}

// begin notes at the gate that a byte may leave from now on.
func (a *Attempt) begin(now clock.Timestamp) {
	if a.counted {
		return
	}
	a.counted = true
	a.sender.Gate.Begin(now)
}

// wroteRequest fires when the request is written, or could not be. The
// connection's own check comes after it, and refuses a write that is too late.
func (a *Attempt) wroteRequest(info httptrace.WroteRequestInfo) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if info.Err == nil && !a.returned {
		a.sender.sent.Store(true)
	}
}

func (a *Attempt) getConn(string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.connRequested = true
}

// gotConn fires for each connection that the transport tries: from here on a
// byte may leave.
func (a *Attempt) gotConn(info httptrace.GotConnInfo) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.sender.Session.clock.Now()
	if a.returned { // the transport goes on after it returned: nothing is certain now
		a.sender.Gate.Late(now)
		return
	}
	a.begin(now)
	a.wroteEarlier = a.wroteEarlier || a.conn != nil && a.conn.written.Load() != a.bytesBefore
	a.connAcquired, a.reused = true, info.Reused
	a.conn = findTrackedConn(info.Conn)
	if a.conn == nil {
		a.untrackedConn = true
		a.abortIfExpired(info.Conn)
		return
	}
	_, secure := info.Conn.(*tls.Conn)
	a.bytesBefore = a.conn.written.Load()
	a.use = a.conn.exchange.acquire(info.Reused, secure, a.bytesBefore > 0)
	// net/http reads this hook of the attempt's own trace once it is done with
	// the response, which the connection learns by it.
	ours, theirs := a.conn.idle, a.callerIdle
	if a.trace.PutIdleConn = ours; theirs != nil {
		a.trace.PutIdleConn = func(err error) {
			ours(err)
			theirs(err)
		}
	}
	var check *Sender
	if a.needsSendCheck {
		check = a.sender
	}
	a.conn.sendCheck.Store(check)
}

// abortIfExpired ends an attempt without a body that is too late. net/http may
// write before it checks the context, so the connection goes too, unless
// others use it.
func (a *Attempt) abortIfExpired(c net.Conn) {
	if a.cancel == nil {
		return
	}
	err := a.sender.Gate.Check(clock.Clock.Sure)
	if err == nil {
		return
	}
	a.cancel(err)
	if t, ok := c.(*tls.Conn); c == nil || ok && t.ConnectionState().NegotiatedProtocol == "h2" {
		return
	}
	_ = c.Close() // the transport reports what becomes of it
}

// proof is what the trace and the connection prove (R7). a is locked.
func (a *Attempt) proof(err error) Proof {
	switch {
	case a.conn != nil && !a.untrackedConn && !a.wroteEarlier && !a.reused && remoteAlert(err) == certificateRequired:
		return ProofNoConn
	case a.connAcquired && !a.untrackedConn && !a.wroteEarlier && a.conn.written.Load() == a.bytesBefore:
		return ProofNoByte
	case a.connRequested && !a.connAcquired:
		return ProofNoConn
	case !a.connRequested && !a.connAcquired && a.sender.Session.transports.own:
		return ProofNotTried
	default:
		return ProofNone
	}
}

// tracked is the connection that the attempt has used, if it is tracked.
func (a *Attempt) tracked() (c *trackedConn, use, bytesBefore int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.conn, a.use, a.bytesBefore
}

// maxRequests bounds the requests of a read that is redirected.
const maxRequests = 10

// redirect is where a response sends a read: within its origin, and with its
// method, since a POST that became a GET would carry a body where none belongs
// (R20). Nil is nowhere.
func (r *Request) redirect(from *url.URL, made int, e *Evidence) *url.URL {
	keepsMethod := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch e.Status {
	case http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		keepsMethod = true
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther:
	default:
		return nil
	}
	location := e.Header.Get("Location")
	if !r.ReadOnly || !keepsMethod || location == "" || made >= maxRequests {
		return nil
	}
	to, err := from.Parse(location)
	if err != nil || to.Scheme != from.Scheme || to.Host != from.Host {
		return nil
	}
	return to
}
