package bardge

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/doctor"
)

// checkRun is the state of one check.
type checkRun struct {
	client  *Client // whose responses drift gathers
	drift   *DriftReport
	opts    CheckOptions // with the ids that responses have shown
	started time.Time
	path    doctor.Probe   // to the server
	clock   doctor.Clock   // the server's
	headers doctor.Headers // of all responses
	tried   map[gen.OperationID]*triedOperation
	write   *CheckedWrite // nil: none

	apiSeen    bool // a response was the API's own
	strangers  int  // reads in a row without such a response
	endedEarly bool
	errorFrom  gen.OperationID
	errorSeen  *Error // of an id that cannot exist; nil: none came
}

// triedOperation is what the calls of an operation have shown.
type triedOperation struct {
	calls     int
	times     []time.Duration // of its responses
	requestID string
	failure   *Error // the last call's; nil: it did not fail
}

func newCheckRun(c *Client, o CheckOptions) *checkRun {
	r := &checkRun{
		drift: new(DriftReport), opts: o, started: time.Now(), tried: map[gen.OperationID]*triedOperation{},
	}
	r.client = c.reportingTo(r.drift)
	return r
}

// all runs the check. The error is why it ended early, or a rejected
// write's. The time of reads does not bound a write, which would end unknown.
func (r *checkRun) all(ctx context.Context) error {
	reading, cancel := context.WithTimeout(ctx, r.opts.Timeout)
	defer cancel()
	var rejected error
	for _, step := range []func() error{
		func() error { return r.lists(reading) },
		func() error { return r.errorResponse(reading) },
		func() (err error) {
			rejected, err = r.unlessRejected(r.issueTwice(ctx))
			return err
		},
		func() error { return r.readsByID(reading) },
	} {
		if err := step(); err != nil {
			r.endedEarly = true
			return err
		}
	}
	return rejected
}

// unlessRejected returns as first the error of a rejected write, after which the
// other reads are still worth sending; as second any other error.
func (r *checkRun) unlessRejected(err error) (rejected, other error) {
	if e := asError(err); e != nil && e.Outcome == OutcomeRejected && !r.ends(e) {
		return err, nil
	}
	return nil, err
}

// lists sends the reads that need no id.
func (r *checkRun) lists(ctx context.Context) error {
	return r.reads(ctx, func(read checkRead) bool { return read.need == "" })
}

// readsByID sends the reads whose id was given, or is known by now.
func (r *checkRun) readsByID(ctx context.Context) error {
	return r.reads(ctx, func(read checkRead) bool { return read.need != "" && r.opts.id(read.need) != "" })
}

func (r *checkRun) reads(ctx context.Context, wanted func(checkRead) bool) error {
	for _, read := range checkReads {
		if !wanted(read) {
			continue
		}
		for range r.opts.Samples {
			if err := r.read(ctx, read); err != nil {
				return err
			}
			if r.tried[read.operation].failure != nil {
				break
			}
		}
	}
	return nil
}

// read sends one read. The error is a reason to end the check.
func (r *checkRun) read(ctx context.Context, read checkRead) error {
	resp, err := read.call(r.path.Trace(ctx), checkCall{r.client, &r.opts, r.callOptions()})
	if ctx.Err() != nil {
		return ctx.Err() // which shows nothing of the operation
	}
	if e := r.note(read.operation, resp, err); e != nil && r.ends(e) {
		return e
	}
	return nil
}

// callOptions are the options of each read: one repetition covers a passing fault.
func (r *checkRun) callOptions() []CallOption {
	return []CallOption{WithTimeout(r.opts.CallTimeout), WithMaxAttempts(2)}
}

// maxStrangers is how many reads in a row may bring nothing of the API's.
const maxStrangers = 2

// ends reports whether no other read can fare better after this error. Once the
// API has responded, a response that is not its own is a matter of one path.
func (r *checkRun) ends(e *Error) bool {
	silent := e.Response.StatusCode == 0
	if silent || !r.apiSeen {
		r.strangers++
	}
	refused := e.Response.StatusCode == http.StatusUnauthorized || errors.Is(e, ErrAccountDisabled)
	return refused || silent && !r.apiSeen || r.strangers >= maxStrangers
}

// note keeps what a call has shown.
func (r *checkRun) note(op gen.OperationID, resp *Response, err error) *Error {
	t := r.tried[op]
	if t == nil {
		t = new(triedOperation)
		r.tried[op] = t
	}
	t.calls++
	t.failure, _ = errors.AsType[*Error](err)
	if resp.StatusCode == 0 {
		return t.failure
	}
	t.times = append(t.times, r.noteResponse(resp))
	t.requestID = resp.RequestID
	if t.failure == nil || isOfAPI(t.failure) || isOwnSuccess(t.failure) {
		r.apiSeen, r.strangers = true, 0
	}
	return t.failure
}

// noteResponse keeps what a response has shown beside its content, and returns
// how long its attempt took.
func (r *checkRun) noteResponse(resp *Response) time.Duration {
	if resp.StatusCode == 0 || len(resp.Attempts) == 0 {
		return 0
	}
	last := resp.Attempts[len(resp.Attempts)-1]
	r.clock.Add(resp.Header, last.Start, last.Duration)
	r.headers.Add(resp.Header, resp.RequestID)
	return last.Duration
}
