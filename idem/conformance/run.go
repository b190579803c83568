package conformance

import (
	"context"
	"fmt"
	"time"
)

// The names of the checks.
const (
	WithoutKey         = "without a key"
	Repetition         = "repetition"
	StoredResponse     = "stored response"
	ReplayMark         = "replay mark"
	ConcurrentRequests = "concurrent requests"
	LostResponse       = "lost response"
	ServerError        = "server error"
	AnotherBody        = "another body"
	AnotherPath        = "another path"
	AnotherAccount     = "another account"
	LongestKey         = "longest key"
	KeyTooLong         = "key too long"
	KeyAlphabet        = "key outside the alphabet"
	LetterCase         = "letter case"
	RefusedRequest     = "refused request"
	Memory             = "memory"
)

type check struct {
	name string
	run  func(*trial) Result
}

// checks are all checks, in their order. Those after the repetition are tried
// only if that holds: without it each of them would fail for the same reason.
var checks = []check{
	{WithoutKey, (*trial).withoutKey},
	{Repetition, (*trial).repetition},
	{StoredResponse, (*trial).storedResponse},
	{ReplayMark, (*trial).replayMark},
	{ConcurrentRequests, (*trial).concurrent},
	{LostResponse, (*trial).lostResponse},
	{ServerError, (*trial).serverError},
	{AnotherBody, (*trial).anotherBody},
	{AnotherPath, (*trial).anotherPath},
	{AnotherAccount, (*trial).anotherAccount},
	{LongestKey, (*trial).longestKey},
	{KeyTooLong, (*trial).keyTooLong},
	{KeyAlphabet, (*trial).keyAlphabet},
	{LetterCase, (*trial).letterCase},
	{RefusedRequest, (*trial).refusedRequest},
	{Memory, (*trial).memory},
}

// Checks returns the names of all checks, in their order.
func Checks() []string {
	names := make([]string, len(checks))
	for i, c := range checks {
		names[i] = c.name
	}
	return names
}

// trial is one run against a server. After its first error nothing more is
// sent, and no result counts.
type trial struct {
	Target

	ctx   context.Context //nolint:containedctx // of the run
	err   error           // the first
	rules rules
	n     int // requests made

	// The first request and its repetition, which several checks read.
	first, second response
}

func (t *trial) next() int {
	t.n++
	return t.n
}

// NotExecutedError reports that the server did not execute the first request of
// all, so that nothing could be tried.
type NotExecutedError struct {
	// Status is the response's, 0 if there was none.
	Status int
	// Reason completes a sentence that begins with "The first request".
	Reason string
	// Err is why there was no response: the request may have been executed.
	Err error
}

// Unwrap returns Err.
func (e *NotExecutedError) Unwrap() error { return e.Err }

// Error returns the reason.
func (e *NotExecutedError) Error() string {
	return "conformance: the first request " + e.Reason
}

// Run tries a server. What it finds is no error: an error is a bad target
// (*idem.InvalidError), a server that does not execute the first request
// (*[NotExecutedError]), a function of the target that fails, or the end of ctx.
// The report then has what was found before.
func Run(ctx context.Context, target Target) (Report, error) {
	target, err := target.withDefaults()
	if err != nil {
		return nil, err
	}
	r, err := newRules(target.Profile)
	if err != nil {
		return nil, err
	}
	t := &trial{Target: target, ctx: ctx, rules: r}
	if err := t.begin(); err != nil {
		return nil, err
	}
	var report Report
	for _, c := range checks {
		found := notTried("keys are not honoured at all: see %q", Repetition)
		if report.Find(Repetition).Verdict != Broken {
			found = c.run(t)
		}
		if t.err != nil {
			return report, t.err
		}
		found.Check = c.name
		report = append(report, found)
	}
	return report, nil
}

func (t *trial) begin() error {
	n, key := t.next(), t.rules.minted()
	t.first = t.send(t.Request, n, key)
	if reason := t.notExecuted(t.first); reason != "" && t.err == nil {
		return &NotExecutedError{Status: t.first.status, Reason: reason, Err: t.first.err}
	}
	t.checkRequests()
	t.second = t.send(t.Request, n, key)
	return t.err
}

// fail ends the trial with its first error.
func (t *trial) fail(err error) {
	if t.err == nil {
		t.err = err
	}
}

// pause waits in real time.
func (t *trial) pause(d time.Duration) { t.fail(pause(t.ctx, d)) }

// notExecuted returns why a response shows no execution of a new request, or "".
func (t *trial) notExecuted(a response) string {
	switch {
	case a.err != nil:
		return "got " + a.String()
	case !a.succeeded():
		return "was not executed: " + a.String()
	case a.ran == 0:
		return fmt.Sprintf("got %v, and the counter of executions did not change", a)
	case t.ResourceID != nil && a.id == "":
		return fmt.Sprintf("got %v without the id of a resource", a)
	default:
		return ""
	}
}

func holds(format string, args ...any) Result {
	return Result{Verdict: Holds, Seen: fmt.Sprintf(format, args...)}
}

func noted(format string, args ...any) Result {
	return Result{Verdict: Noted, Seen: fmt.Sprintf(format, args...)}
}

func notTried(format string, args ...any) Result {
	return Result{Verdict: NotTried, Seen: fmt.Sprintf(format, args...)}
}

func broken(means, format string, args ...any) Result {
	return Result{Verdict: Broken, Seen: fmt.Sprintf(format, args...), Means: means}
}

func differs(means, format string, args ...any) Result {
	return Result{Verdict: Differs, Seen: fmt.Sprintf(format, args...), Means: means}
}
