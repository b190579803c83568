package doctor

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
)

// Check sends what the plan has, and reports what that has shown. The error is
// why it ended early, or a rejected write's.
func Check(ctx context.Context, plan Plan) (*Report, error) {
	r := &run{Plan: plan, started: time.Now(), tried: map[gen.OperationID]*tried{}}
	err := r.all(ctx)
	report := r.conclude(err)
	if e, ok := errors.AsType[callError](err); ok {
		err = e.Err
	}
	return report, err
}

// run is the state of one check.
type run struct {
	Plan // with the ids that responses have shown

	started time.Time
	path    Probe   // to the server
	clock   Clock   // the server's
	headers Headers // of all responses
	tried   map[gen.OperationID]*tried
	write   *Write // nil: none

	apiSeen    bool // a response was the API's own
	strangers  int  // reads in a row without such a response
	endedEarly bool
	noSuch     *Call // with the error for an id that cannot exist; nil: none came
}

// tried is what the calls of an operation have shown.
type tried struct {
	calls     int
	times     []time.Duration // of its responses
	requestID string
	failure   *Call // the last call; nil: it did not fail
}

// all runs the check. The time of reads does not bound a write, which would end
// unknown.
func (r *run) all(ctx context.Context) error {
	reading, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	var rejected error
	for _, step := range []func() error{
		func() error { return r.reads(reading, func(read Read) bool { return read.Need == "" }) },
		func() error { return r.errorResponse(reading) },
		func() (err error) {
			rejected, err = r.unlessRejected(r.issueTwice(ctx))
			return err
		},
		func() error { return r.reads(reading, func(read Read) bool { return r.IDs[read.Need] != "" }) },
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
func (r *run) unlessRejected(err error) (rejected, other error) {
	if e, ok := errors.AsType[callError](err); ok && e.Outcome == idem.OutcomeRejected && !r.ends(e.Call) {
		return err, nil
	}
	return nil, err
}

// reads sends the reads that are wanted.
func (r *run) reads(ctx context.Context, wanted func(Read) bool) error {
	for _, read := range r.Reads {
		if !wanted(read) {
			continue
		}
		for range r.Samples {
			if err := r.read(ctx, read); err != nil {
				return err
			}
			if r.tried[read.Operation].failure != nil {
				break
			}
		}
	}
	return nil
}

// read sends one read. The error is a reason to end the check.
func (r *run) read(ctx context.Context, read Read) error {
	c := read.Send(r.path.Trace(ctx), r.IDs[read.Need])
	if ctx.Err() != nil {
		return ctx.Err() // which shows nothing of the operation
	}
	if read.Shows != "" && r.IDs[read.Shows] == "" {
		r.IDs[read.Shows] = c.ID
	}
	r.note(&c, read.Operation)
	if c.Err != nil && r.ends(&c) {
		return callError{&c}
	}
	return nil
}

// maxStrangers is how many reads in a row may bring nothing of the API's.
const maxStrangers = 2

// ends reports whether no other read can fare better after this error. Once the
// API has responded, a response that is not its own is a matter of one path.
func (r *run) ends(c *Call) bool {
	silent := c.Status == 0
	if silent || !r.apiSeen {
		r.strangers++
	}
	refused := c.Status == http.StatusUnauthorized || isDisabled(c.Code)
	return refused || silent && !r.apiSeen || r.strangers >= maxStrangers
}

// note keeps what a call has shown.
func (r *run) note(c *Call, op gen.OperationID) {
	c.Operation = op
	t := r.tried[op]
	if t == nil {
		t = new(tried)
		r.tried[op] = t
	}
	t.calls++
	t.failure = nil
	if c.Err != nil {
		t.failure = c
	}
	if c.Status == 0 {
		return
	}
	t.times = append(t.times, r.noteResponse(c))
	t.requestID = c.RequestID
	if c.Err == nil || c.isOfAPI() || c.isOwnSuccess() {
		r.apiSeen, r.strangers = true, 0
	}
}

// noteResponse keeps what a response has shown beside its content, and returns
// how long its attempt took.
func (r *run) noteResponse(c *Call) time.Duration {
	if c.Status == 0 || len(c.Attempts) == 0 {
		return 0
	}
	last := c.Attempts[len(c.Attempts)-1]
	r.clock.Add(c.Header, last.Start, last.Duration)
	r.headers.Add(c.Header, c.RequestID)
	return last.Duration
}
