package idem

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// settles reports whether the response of a result is the client's to judge: it
// settles the operation or, of one that only reads, is whole.
func settles(ctx context.Context, op Operation, r *Result, heard *http.Response) bool {
	switch {
	case r.Response == nil:
		return false
	case r.Err == nil:
		return true
	case op.Class == Safe:
		whole := r.Response.Body != nil || heard.Body == http.NoBody
		return whole && ctx.Err() == nil && r.Attempts[len(r.Attempts)-1].Status == r.Response.Status
	case r.Outcome == OutcomeRejected:
		return r.Verdict == VerdictRejected || r.Verdict == VerdictRejectedStored
	default: // it says itself that the state holds, and no response is lost
		return r.Outcome == OutcomeDone && r.Verdict == VerdictAlreadyApplied && !errors.Is(r.Err, ErrResponseLost)
	}
}

// respond makes an http.Response of a response in memory, and of what else was
// heard of it; nothing was if it comes from a journal.
func respond(req *http.Request, a *Response, heard *http.Response) *http.Response {
	resp := &http.Response{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: int64(len(a.Body))}
	if heard.StatusCode == a.Status {
		resp.Proto, resp.ProtoMajor, resp.ProtoMinor = heard.Proto, heard.ProtoMajor, heard.ProtoMinor
		resp.Status, resp.Trailer = heard.Status, heard.Trailer
		resp.TLS, resp.Uncompressed = heard.TLS, heard.Uncompressed
		switch {
		case heard.Uncompressed:
			resp.ContentLength = -1
		case req.Method == http.MethodHead:
			resp.ContentLength = heard.ContentLength
		}
	}
	resp.StatusCode, resp.Request = a.Status, req
	resp.Status = cmp.Or(resp.Status, fmt.Sprintf("%d %s", a.Status, http.StatusText(a.Status)))
	if resp.Header = a.Header.Clone(); resp.Header == nil {
		resp.Header = http.Header{}
	}
	resp.Body = http.NoBody
	switch {
	case len(a.Body) > 0:
		resp.Body = io.NopCloser(bytes.NewReader(a.Body))
	case a.Body == nil && a.Status == heard.StatusCode && a.Status >= 400 && heard.Body != http.NoBody:
		resp.ContentLength, resp.Body = heard.ContentLength, io.NopCloser(unread{}) // it refuses by its status alone
	}
	return resp
}

type unread struct{}

func (unread) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TransportError is the error of a [Transport]: the operation ended without a
// response that settles it. It unwraps to a [*Failure], and prints as that
// does: without header, body and key.
type TransportError struct { //nolint:recvcheck // *TransportError alone is an error, and copies of it print as it does
	Operation Operation // find's
	Result    Result    // how it went, with the attempts and the last response
}

// Error returns operation, outcome and why it ended, in fixed words.
func (e *TransportError) Error() string { return e.failure().Error() }

// Unwrap returns a *[Failure], which unwraps to Result.Err.
func (e *TransportError) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.failure()
}

// Format prints Error under every verb.
func (e TransportError) Format(s fmt.State, _ rune) {
	_, _ = io.WriteString(s, e.Error()) // fmt.State has nowhere to report to
}

// MarshalText writes Error, for loggers that encode as JSON.
func (e TransportError) MarshalText() ([]byte, error) { return []byte(e.Error()), nil }

func (e *TransportError) failure() *Failure {
	r := &e.Result
	return &Failure{
		Operation: e.Operation.Name, Class: e.Operation.Class, Outcome: r.Outcome, Ref: r.Ref, Key: r.Key,
		SafeUntil: r.SafeUntil, RetryAfter: r.RetryAfter, RetryHelps: r.RetryHelps, Err: r.Err,
	}
}
