package idem

import (
	"bytes"
	"cmp"
	"net/http"
	"net/url"
	"time"

	"github.com/bardge/bardge-go/idem/internal/claim"
	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/journal"
)

// entry is a record together with what is sealed in it.
type entry struct { //nolint:recvcheck // few methods change it
	journal.Record
	payload

	asked clock.Timestamp // when the store was asked for it: its age was not less then
}

type payload struct {
	attemptSummary
	resolved

	Method      string      `json:"method,omitempty"`
	Path        string      `json:"path,omitempty"`
	Query       url.Values  `json:"query,omitempty"`
	Header      http.Header `json:"header,omitempty"`
	ContentType string      `json:"content_type,omitempty"`
	Body        []byte      `json:"body,omitempty"`
	// Digest distinguishes requests when all of the above is gone.
	Digest []byte `json:"digest,omitempty"`
	// Bound is how long after the intent the operation may be sent for the
	// first time, where its caller's deadline makes that longer than a call
	// without one lasts.
	Bound time.Duration `json:"bound,omitempty"`
	// Stored: the server answers each request under the key with the same error
	// (R38).
	Stored bool `json:"stored,omitempty"`
	// Gone: the server may have forgotten the key before its window's end
	// (R38).
	Gone     bool      `json:"gone,omitempty"`
	Response *Response `json:"response,omitempty"`
	// Awaited is until when an owner whose lease had lapsed may await a
	// response.
	Awaited time.Time `json:"awaited,omitzero"`
	// Released is the version with which an owner left the operation open,
	// sending nothing any more.
	Released int64 `json:"released,omitempty"`
	// Pause is the Lease that was written then: with what is left of it, the
	// store's clock shows how long ago that was.
	Pause time.Duration `json:"pause,omitempty"`
	// AwaitedFor is how long after that a response may have been awaited; zero
	// or less where none was.
	AwaitedFor time.Duration `json:"awaited_for,omitempty"`
	// Recoveries counts how often Recover has yielded the operation as unknown,
	// the last time at RecoveredAt, by the wall clock.
	Recoveries  int       `json:"recoveries,omitempty"`
	RecoveredAt time.Time `json:"recovered_at,omitzero"`
	// Resends counts how often recovery has put the operation back, to send it
	// again, since then.
	Resends int `json:"resends,omitempty"`
	// Outbox: the operation was reserved, so that Recover sends it until it is
	// executed or refused.
	Outbox bool `json:"outbox,omitempty"`
	// Erased: Erase has dropped request and response.
	Erased bool `json:"erased,omitempty"`
}

// forget drops the request of an operation that is settled: it will never be
// sent again (J9).
func (p *payload) forget() {
	*p = payload{
		Digest: p.Digest, Bound: p.Bound, Response: p.Response, attemptSummary: p.attemptSummary, resolved: p.resolved,
	}
}

func (p *payload) request(op Operation) Request {
	return Request{
		Operation: op, Method: p.Method, Path: p.Path, Query: p.Query, Header: p.Header,
		ContentType: p.ContentType, Body: p.Body,
	}
}

// digest identifies a request: method, URL, and what its body means.
func digest(r Request) []byte {
	sum := digestOf(claim.CanonicalJSON(r.Body), r.Method, cmp.Or(r.KnownPath, r.Path), r.Query.Encode())
	return sum[:]
}

// Base returns the record without its payload.
func (e *entry) Base() *journal.Record { return &e.Record }

func (e entry) known() Outcome { return Outcome(e.Outcome) }

func (e entry) open() bool { return e.State() != journal.StateFree && e.State() != journal.StateDone }

func (e entry) free() bool { return e.State() == journal.StateFree }

func (e entry) owned() bool { return e.Owner != "" && e.Lease > 0 }

// same reports whether two entries are of the same request (J2).
func (e entry) same(o entry) bool {
	return e.Operation == o.Operation && bytes.Equal(e.Digest, o.Digest)
}

// since is when the intent was recorded: the age is the larger of the store's
// word and this process's (J8).
func (e entry) since() time.Time {
	if byStore := e.asked.WallTime().Add(-e.Age); e.Age > 0 && byStore.Before(e.Since) {
		return byStore
	}
	return e.Since
}

// state is what a record knows of its key.
func (e entry) state() *keyTracker {
	if e.known() == OutcomeNotSent || e.Reserved {
		return newKeyTracker()
	}
	s := newSentKeyTracker(e.since())
	s.state.outcome, s.state.expired = e.known(), e.Gone
	s.anchorMonotonic(e.asked)
	return s
}
