package idem

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// ErrNotWritten is wrapped by a Journal's Save when it is certain that nothing
// was written. Any other error leaves that in doubt.
var ErrNotWritten = errors.New("nothing was written")

// Journal remembers operations for longer than a call, and for longer than the
// server remembers a key. Implementations are safe for concurrent use, also by
// several processes where they share a store.
type Journal interface {
	// Load returns the record with this id; false if there is none.
	Load(ctx context.Context, id string) (Record, bool, error)
	// Save writes rec durably before it returns, if the stored record has
	// rec.Version (0: if there is none), and stores it with the next version. It
	// reports false, having written nothing, if the versions differ. An error
	// leaves in doubt whether rec was written, unless it wraps ErrNotWritten. The
	// journal must not keep or change what rec points to.
	Save(ctx context.Context, rec Record) (bool, error)
}

// Record is one operation as a journal keeps it. Body, headers and answer are
// personal data.
type Record struct {
	// ID is the ref's or the key's name in the journal.
	ID string
	// Version counts the writes; Save compares it.
	Version int64
	// Ref is the caller's, empty where the operation goes by its key.
	Ref string
	// Generation counts the operations of a ref: a ref whose operation ended
	// not sent or rejected is free for the next.
	Generation int
	// Operation, Method, Path, Query, Header, ContentType and Body are the
	// request as it is sent.
	Operation   string
	Method      string
	Path        string
	Query       url.Values
	Header      http.Header
	ContentType string
	Body        []byte
	// Key is the idempotency key; empty for convergent operations.
	Key string
	// Since is when the intent was recorded: from then on the operation may have
	// been sent.
	Since time.Time
	// Owner is the token of the call that works on the operation; empty: nobody.
	Owner string
	// LeaseUntil is until when the owner holds it without renewing.
	LeaseUntil time.Time
	// Outcome is what is known. An open record's is OutcomeUnknown.
	Outcome Outcome
	// Answer is the answer that settled it, if one came.
	Answer *Answer
}

// open reports whether it is not known what became of the operation.
func (r Record) open() bool { return r.Outcome == OutcomeUnknown }

// owned reports whether somebody works on the operation.
func (r Record) owned(now time.Time) bool { return r.Owner != "" && now.Before(r.LeaseUntil) }

// free reports whether the operation ended without being executed.
func (r Record) free() bool { return r.Outcome == OutcomeNotSent || r.Outcome == OutcomeRejected }

// same reports whether two records are of the same request: operation, method,
// URL and body, the body as canonical JSON (J2).
func (r Record) same(o Record) bool {
	return r.Operation == o.Operation && r.Method == o.Method && r.Path == o.Path &&
		r.Query.Encode() == o.Query.Encode() && bytes.Equal(canonicalJSON(r.Body), canonicalJSON(o.Body))
}

// canonicalJSON writes a JSON body with sorted names and without white space,
// numbers kept to the letter. What is not JSON is compared as it is.
func canonicalJSON(b []byte) []byte {
	if !json.Valid(b) {
		return b
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return b
	}
	c, err := json.Marshal(v)
	if err != nil {
		return b
	}
	return c
}
