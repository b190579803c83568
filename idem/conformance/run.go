package conformance

import (
	"context"
	"fmt"
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

// check is one check. Its run returns an error if the whole trial must end.
type check struct {
	name string
	run  func(t *trial, ctx context.Context) (Result, error)
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

// trial is one run against a server.
type trial struct {
	Target

	rules rules
	n     int // requests made

	// The first request and its repetition, which several checks read.
	first, second response
}

// next returns the number of another request.
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
	t := &trial{Target: target, rules: r}
	if err := t.begin(ctx); err != nil {
		return nil, err
	}
	var report Report
	for _, c := range checks {
		found, err := c.run(t, ctx)
		if err != nil {
			return report, err
		}
		found.Check = c.name
		report = append(report, found)
		if c.name == Repetition && found.Verdict == Broken {
			return append(report, untried(checks[len(report):])...), nil
		}
	}
	return report, nil
}

func untried(rest []check) Report {
	report := make(Report, len(rest))
	for i, c := range rest {
		report[i] = notTried("keys are not honoured at all: see %q", Repetition)
		report[i].Check = c.name
	}
	return report
}

// begin sends the first request and its repetition.
func (t *trial) begin(ctx context.Context) error {
	n, key := t.next(), t.rules.minted()
	var err error
	if t.first, err = t.send(ctx, t.Request, n, key); err != nil {
		return err
	}
	if reason := t.notExecuted(t.first); reason != "" {
		return &NotExecutedError{Status: t.first.status, Reason: reason, Err: t.first.err}
	}
	if err := t.checkRequests(ctx); err != nil {
		return err
	}
	t.second, err = t.send(ctx, t.Request, n, key)
	return err
}

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
