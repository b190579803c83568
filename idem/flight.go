package idem

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"

	"github.com/bardge/bardge-go/idem/internal/clock"
)

// flight is one attempt on its way: what the transport's trace tells of it, and
// what it brought. Trace hooks may run on other goroutines, and after the
// transport has returned.
type flight struct {
	call    *call
	hooks   httptrace.ClientTrace
	trace   *httptrace.ClientTrace // the hooks, or others where a read was redirected
	idle    func(error)            // the caller's hook; or nil
	guarded bool                   // whether it may still leave is asked where its bytes leave
	handed  bool                   // to the transport
	start   clock.Timestamp
	end     clock.Timestamp
	timeout time.Duration // from its start
	seen    sighting
	giveUp  context.CancelCauseFunc // ends an attempt that nothing else could keep back; or nil

	mu     sync.Mutex
	asked  bool  // GetConn: a connection was asked for
	got    bool  // GotConn: one was got
	reused bool  // it had served others
	begun  bool  // the key's state knows of this attempt
	back   bool  // the transport has returned
	wrote  bool  // bytes were written on an earlier connection of this attempt
	alien  bool  // some connection was not ours
	taken  bool  // its time was over, and the server had the request
	conn   *conn // ours, or nil
	use    int64 // of conn
	base   int64 // bytes written on conn before
}

// RoundTrip is one attempt: it sets its deadline, traces it, sends it once, and
// reads the answer whole. It is the transport of the call's client.
func (c *call) RoundTrip(req *http.Request) (*http.Response, error) {
	f := c.takeOff()
	ctx, err := c.enter(req.Context(), f)
	if err != nil {
		f.refused(err, causeOf(err))
		return nil, err
	}
	defer func() { c.bound.finish(f.whole()) }()
	if f.guarded && len(c.request.Body) == 0 && !c.engine.transports.own {
		ctx, f.giveUp = context.WithCancelCause(ctx) // there is no body to refuse
		defer f.giveUp(nil)
	}
	ctx = httptrace.WithClientTrace(ctx, f.trace)
	f.idle = f.trace.PutIdleConn
	out, err := c.dress(ctx, req)
	if err != nil {
		f.refused(err, unauthorized(err))
		return nil, err
	}
	return f.fly(req.Context(), out)
}

// enter sets an attempt's deadline, if it may still begin.
func (c *call) enter(ctx context.Context, f *flight) (context.Context, error) {
	k := c.held.look()
	err := c.admit(ctx, k, f.start)
	if err == nil && c.claim != nil && (len(c.attempts) > 0 || c.claim.lapsed()) {
		k, err = c.admitOwner(ctx, f)
	}
	if err != nil {
		return nil, err
	}
	return c.bound.begin(ctx, f, c.deadline(k, f)), nil
}

// takeOff begins the record of an attempt, or goes on with it where a read was
// redirected. The first has its place in the call.
func (c *call) takeOff() *flight {
	if f := c.flight; f != nil {
		f.redirected()
		return f
	}
	f := &c.first
	if f.call != nil {
		f = new(flight)
	}
	f.call, f.start = c, c.started
	if f != &c.first || c.claim != nil { // time has passed since
		f.start = c.engine.clock.Now()
	}
	f.guarded = c.mayBeLate()
	f.trace = &f.hooks
	f.hooks.GetConn, f.hooks.GotConn = f.getConn, f.gotConn
	if c.claim != nil {
		c.sent.Store(false)
		f.hooks.WroteRequest = f.wroteRequest
	}
	c.flight = f
	return f
}

// redirected forgets the answer that led elsewhere.
func (f *flight) redirected() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen, f.back = sighting{}, false
	f.trace = &httptrace.ClientTrace{GetConn: f.getConn, GotConn: f.gotConn}
}

// fly hands the attempt over and waits for what it brings.
func (f *flight) fly(caller context.Context, req *http.Request) (*http.Response, error) {
	resp, err := f.handOver().RoundTrip(req)
	if err == nil && resp == nil {
		err = errNoAnswer
	}
	if err != nil {
		passOn(err)
		err = ourOwn(req.Context(), err)
	} else {
		err = f.receive(resp)
	}
	if err != nil {
		f.failed(caller, err)
		return nil, err
	}
	f.understood()
	f.end = f.call.engine.clock.Now()
	return resp, nil
}

// handOver chooses the way that the attempt takes. From here on it counts.
func (f *flight) handOver() http.RoundTripper {
	t := &f.call.engine.transports
	if !f.handed {
		f.handed = true
		f.call.tellAttempt(EventAttemptStarted, Attempt{Number: len(f.call.attempts) + 1}, nil)
	}
	if !t.own {
		f.begin(f.start) // it may not trace: the window starts here (R7)
	}
	if f.call.fresh || f.call.distrusts(f.start) {
		return t.fresh
	}
	return t.pooled
}

// ourOwn returns the reason for which the engine itself has ended an attempt, whatever the
// transport made of it; or else the transport's error.
func ourOwn(ctx context.Context, err error) error {
	for _, ours := range []error{errAttemptTimeout, errTooLate, errSlept} {
		if errors.Is(context.Cause(ctx), ours) {
			err = ours
		}
	}
	return err
}

// receive reads a response that is the attempt's own.
func (f *flight) receive(resp *http.Response) error {
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	if err := f.disown(resp); err != nil {
		return err
	}
	f.answered(resp)
	if err := f.tooEarly(resp); err != nil {
		f.seen = sighting{}
		return err
	}
	resp.Body = http.NoBody
	return nil
}

// errNoAnswer is a transport that brought neither answer nor error.
var errNoAnswer = errors.New("idem: the transport returned nothing")

// admit looks once more before an attempt begins: a wait may have lasted longer
// than it was meant to, and another call may have used the key.
func (c *call) admit(ctx context.Context, k knowledge, now clock.Timestamp) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if c.request.Operation.Class.once() && k.executable() {
		c.halt = stopClass
		return errTooLate
	}
	if c.windowed(k) && !c.engine.window().open(k, now) {
		c.halt = stopWindow
		return errTooLate
	}
	return nil
}

// admitOwner renews the lease before a later attempt, which may take its time.
func (c *call) admitOwner(ctx context.Context, f *flight) (knowledge, error) {
	err := c.claim.assure(ctx)
	f.start = c.engine.clock.Now()
	k := c.held.look()
	switch {
	case err == nil:
		return k, c.admit(ctx, k, f.start)
	case ctx.Err() != nil:
		return k, ctx.Err()
	default:
		c.halt = stopLease
		return k, err
	}
}

// refused keeps an attempt that the SDK itself did not let go.
func (f *flight) refused(err error, why cause) {
	f.seen.err, f.seen.proof, f.seen.cause = err, proofNotTried, &why
	f.end = f.call.engine.clock.Now()
}

// mayBeLate reports whether the attempt that begins could come too late to leave,
// however long the machine sleeps: not where there is neither lease nor key, and
// not if it is the first send under a key that nobody else knows.
func (c *call) mayBeLate() bool {
	switch {
	case c.claim != nil:
		return true
	case c.request.Operation.Class == Keyed:
		return !c.alone || len(c.attempts) > 0
	default:
		return c.request.Operation.Class == KeyUnverified && !c.alone
	}
}

// tooLate is the gate of an attempt that may be late: where the bytes leave, it
// asks both clocks whether the lease still holds and, for a key, whether the window
// is still open. The very first send under a key needs no window; whether it is the
// first is known only here, since another call may have used the key while this
// machine slept. Another owner of the same record may have, too: without the lease
// nothing is known. On a connection of the engine's own the clocks are asked for
// certain; a body is read by others more than once, and asks as every stamp does.
func (c *call) tooLate() error { return c.tooLateBy(clock.Clock.Sure) }

func (c *call) tooLateBy(read func(clock.Clock) clock.Timestamp) error {
	k := c.held.look()
	if c.request.Operation.Class == KeyUnverified && k.others().executable() {
		return errTooLate // another call under this key was quicker
	}
	first := k.outcome == OutcomeNotSent && k.pending <= 1
	windowed := c.windowed(k) && !first
	if c.claim == nil && !windowed {
		return nil
	}
	now := read(c.engine.clock) // once: it may cost system calls
	if c.claim != nil && c.claim.leftAt(now) <= 0 || windowed && c.engine.window().left(k, now) <= 0 {
		return errTooLate
	}
	return nil
}

// begin tells the key's state that a byte may leave from now on.
func (f *flight) begin(now clock.Timestamp) {
	if f.begun {
		return
	}
	f.begun = true
	f.call.held.begin(now)
}

// land folds the verdict into the key's state, and looks.
func (f *flight) land(v Verdict) knowledge {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.back = true
	f.call.sent.Store(false)
	if f.begun {
		return f.call.held.end(v)
	}
	return f.call.held.look()
}

// wroteRequest fires when the request is written, or could not be. The connection's
// own check comes after it, and refuses a write that is too late.
func (f *flight) wroteRequest(info httptrace.WroteRequestInfo) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if info.Err == nil && !f.back {
		f.call.sent.Store(true)
	}
}

func (f *flight) getConn(string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = true
}

// gotConn fires for each connection that the transport tries: from here on a
// byte may leave.
func (f *flight) gotConn(info httptrace.GotConnInfo) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.back {
		// A transport that goes on after it returned: nothing is certain now.
		f.call.held.late(f.call.engine.clock.Now())
		return
	}
	f.begin(f.call.engine.clock.Now())
	f.wrote = f.wrote || f.conn != nil && f.conn.written.Load() != f.base
	f.got, f.reused = true, info.Reused
	f.conn = ownConn(info.Conn)
	if f.conn == nil {
		f.alien = true
		f.keepBack(info.Conn)
		return
	}
	_, secure := info.Conn.(*tls.Conn)
	f.base = f.conn.written.Load()
	f.use = f.conn.exchange.acquire(info.Reused, secure, f.base > 0)
	f.onIdle()
	var guard *call
	if f.guarded {
		guard = f.call
	}
	f.conn.guard.Store(guard)
}

// keepBack gives up an attempt without a body that is too late. net/http may write
// before it looks at the context, so the connection goes too, unless others use it.
func (f *flight) keepBack(c net.Conn) {
	if f.giveUp == nil {
		return
	}
	err := f.call.tooLate()
	if err == nil {
		return
	}
	f.giveUp(err)
	if layer, ok := c.(*tls.Conn); c == nil || ok && layer.ConnectionState().NegotiatedProtocol == "h2" {
		return
	}
	_ = c.Close() // what becomes of it says the transport
}

// failed keeps an attempt that ended before a status line.
func (f *flight) failed(caller context.Context, err error) {
	f.end = f.call.engine.clock.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.back = true
	s := &f.seen
	why := causeOf(err)
	s.err, s.cause = err, &why
	s.proof = f.proof()
	s.cancelled, s.reused = caller.Err() != nil, f.reused
	if f.taken && errors.Is(err, errAttemptTimeout) {
		f.call.slow = min(f.call.slow+1, 2)
	}
}

// proof says what the trace and the connection prove (R7).
func (f *flight) proof() proof {
	switch {
	case f.conn != nil && !f.alien && !f.wrote && !f.reused && handshakeRefused(f.seen.err):
		return proofNoConn
	case f.got && !f.alien && !f.wrote && f.conn.written.Load() == f.base:
		return proofNoByte
	case f.asked && !f.got:
		return proofNoConn
	case !f.asked && !f.got && f.call.engine.transports.own:
		return proofNotTried
	default:
		return proofNone
	}
}

// answered reads the answer whole, up to the limit and under the attempt's
// deadline (R19).
func (f *flight) answered(resp *http.Response) {
	defer func() { _ = resp.Body.Close() }()
	s := &f.seen
	f.mu.Lock()
	f.back, s.reused = true, f.reused
	f.mu.Unlock()
	s.status, s.header = resp.StatusCode, resp.Header
	if s.validStatus() {
		limit := f.call.engine.maxAnswer
		s.body, s.bodyErr = readAll(resp, limit)
		if int64(len(s.body)) > limit {
			s.tooLarge = true
		}
		f.call.heed(s)
	}
}

// understood decodes what was read.
func (f *flight) understood() {
	s := &f.seen
	f.call.valueOf(s)
	s.contradicts = f.call.contradicted(s)
}

// heed looks at the caller between reading and decoding: a large body is not decoded
// for a caller who is gone. Of a body that is not whole, the beginning is kept as proof.
func (c *call) heed(s *sighting) {
	if s.bodyErr == nil && len(s.body) > maxTrust {
		s.bodyErr = c.ctx.Err()
	}
	if s.tooLarge || s.bodyErr != nil {
		s.odd = &oddity{beginning: bytes.Clone(s.body[:min(len(s.body), maxTrust)])}
		s.body = nil
	}
}

// whole reports that the answer came, and was read to its end.
func (f *flight) whole() bool {
	s := &f.seen
	return s.validStatus() && s.bodyErr == nil && !s.tooLarge
}

// valueOf decodes the body of a success, so that it is read through only once.
func (c *call) valueOf(s *sighting) {
	if c.decode == nil || s.body == nil || !c.request.Operation.succeeds(s.status) {
		return
	}
	value, drift, err := c.decoded(s.body, false)
	s.value, s.proven = value, c.proves && err == nil
	if drift != nil || err != nil {
		s.odd = &oddity{drift: drift, unfit: err}
	}
}

// contradicted reports a success that shows another state than the one asked for.
func (c *call) contradicted(s *sighting) bool {
	return c.confirms != nil && s.body != nil && c.request.Operation.succeeds(s.status) &&
		!c.confirms(&Response{Status: s.status, Header: s.header, Body: s.body, Value: s.value})
}

// maxTrust is up to which length an announced body gets its memory at once.
const maxTrust = 64 << 10

// readAll reads one byte more than the limit, so that more can be told.
func readAll(resp *http.Response, limit int64) ([]byte, error) {
	if resp.Body == http.NoBody {
		return nil, nil
	}
	n := resp.ContentLength
	if n < 0 || n > min(limit, maxTrust) {
		return io.ReadAll(io.LimitReader(resp.Body, limit+1))
	}
	body := make([]byte, 0, n+1) // and one byte to find the end in
	got, err := io.ReadFull(resp.Body, body[:n+1])
	switch {
	case err == nil:
		// Somebody's transport brings more than it announced.
		rest, err := io.ReadAll(io.LimitReader(resp.Body, limit-n))
		return append(body[:n+1], rest...), err
	case int64(got) == n && (errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)):
		return body[:n], nil
	default:
		return body[:got], err
	}
}
