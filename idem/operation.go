package idem

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"
	"unicode/utf8"
)

// Class says how an operation may be repeated. It is written in the API's
// description, and never guessed from the HTTP method.
type Class uint8

const (
	// KeyUnverified operations carry a key that the server may not honour, and
	// are repeated only after nothing was sent or the server rejected them.
	KeyUnverified Class = iota
	// Safe operations change nothing: no key, repeated freely.
	Safe
	// Keyed operations are repeated with the same key inside its window.
	Keyed
	// Idempotent operations take no key and have no further effect when
	// repeated, such as a cancellation: repeated freely.
	Idempotent
	// NonIdempotent operations take no key, and are repeated as KeyUnverified
	// ones are: repeating one may execute it again.
	NonIdempotent
)

var classNames = [...]string{
	KeyUnverified: "key unverified", Safe: "safe", Keyed: "keyed",
	Idempotent: "idempotent", NonIdempotent: "non-idempotent",
}

// String returns the class's name.
func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return classNames[KeyUnverified]
}

// once reports whether an operation that may have been executed must not be
// repeated.
func (c Class) once() bool { return c == KeyUnverified || c == NonIdempotent }

func (c Class) sendsKey() bool { return c == Keyed || c == KeyUnverified }

// Operation is the row that describes one operation of an API.
type Operation struct {
	Name       string     // of the operation in errors, events and the journal, which needs one
	Success    []int      // the statuses that mean executed, required; any other 2xx is ambiguous
	Class      Class      // how it may be repeated; zero is KeyUnverified, which promises least
	BodyFormat BodyFormat // of a success; zero is BodyJSON
	// NoContent: success is 204, or an empty body with the API's request id.
	NoContent bool
	// ResendFor is how long after its intent Recover may send an Idempotent
	// operation again, less 5 s for clocks that differ and 2 s for an attempt.
	// Set it where a late repetition may undo a newer change, as a cancellation
	// of what was reactivated. After that the API is read. Zero: at any time.
	ResendFor time.Duration
	// ResultHeader names a header that may carry the response of a success in
	// place of a body, such as Location. Empty: none may.
	ResultHeader string
	// Prove finds what the response of a success proves. Its body may be cut:
	// only what was read to its end counts. It must not keep the body, and must
	// be safe for concurrent use. Without it, one whole JSON object (or XML
	// document) of the right media type without an error proves that the
	// operation was executed, and nothing else does: enough for an API whose
	// intermediaries never write a success of their own.
	Prove func(status int, header http.Header, body []byte) Proof
	// Classify replaces the profile's, where the same words have another
	// meaning for this operation. Nil is the profile's.
	Classify func(status int, header http.Header, body []byte) Signal
	// Lookup reads what a keyed operation has made, for vendors that show it by
	// its key, or whose error names the resource that exists. It is called once
	// where a call would end unknown, or was answered with SignalAlreadyExecuted.
	// StateHolds with a response settles the call as done with that response.
	// StateDiffers, after SignalAlreadyExecuted, shows another request's
	// resource: the outcome is then unknown. Nothing else settles anything,
	// since what is not shown yet may still appear; a response with StateUnread
	// serves where the operation is done anyway. A status that is not one of
	// Success is replaced by the first of them: the response is handed out as
	// the operation's own. It must be safe for concurrent use. Nil: there is no
	// way to read it.
	Lookup func(context.Context, Lookup) (*Response, State)
}

// Lookup is what an [Operation.Lookup] looks for.
type Lookup struct {
	Key    string    // the operation's, without quotes
	Exists *Response // the response with SignalAlreadyExecuted; nil where there was none
	// Do sends a request as one of class Safe: it is retried within the call's
	// context, and takes no key.
	Do func(context.Context, Request) Result
}

// BodyFormat is what the body of a success is.
type BodyFormat uint8

const (
	BodyJSON      BodyFormat = iota // one JSON object
	BodyXML                         // one XML document
	BodyJSONArray                   // one JSON array
	// BodyText is text of any kind but HTML, at least one character. An
	// intermediary may write text too: use it with an Operation.Prove, or where
	// no intermediary writes a success of its own.
	BodyText
	// BodyAny is whatever comes, also nothing. The status alone is the proof:
	// use it only where no intermediary writes a success of its own.
	BodyAny
)

func (o *Operation) succeeds(status int) bool { return slices.Contains(o.Success, status) }

// Request is one operation as plain data: it can be compared, journalled and
// sent again by another process.
type Request struct {
	Operation Operation // its row
	Method    string    // of HTTP
	Path      string    // appended to the base URL as it is: its segments are escaped
	// KnownPath identifies the request in a journal in Path's place, so that a
	// ref is still this operation's after its path was corrected: what is open
	// is then sent to the path that was recorded. Empty is Path.
	KnownPath   string
	Query       url.Values  // nil is none
	Header      http.Header // of this call alone, beside the engine's; nil is none
	Body        []byte      // sent byte for byte on every attempt; empty is no body
	ContentType string      // of the body; empty is application/json
}

const jsonType = "application/json"

// Response is a response of the server, read to its end.
type Response struct { //nolint:recvcheck // copies print by the same allow-list
	Status int         `json:"status"`           // of HTTP
	Header http.Header `json:"header,omitempty"` // as it came
	Body   []byte      `json:"body,omitempty"`   // whole, decompressed; nil if it could not be read
	Value  any         `json:"-"`                // Call.Decode's, of a success; nil if there is none
	// Reconstructed: it was put together from what reading has shown.
	// Call.Decode's ErrResponseIncomplete does not count then.
	Reconstructed bool `json:"reconstructed,omitempty"`

	cut bool // the body was not read whole
}

func (r Request) validateUTF8() error {
	for name, values := range r.Header {
		if slices.ContainsFunc(values, notText) {
			return &InvalidError{Field: headerField(name), Reason: "is not UTF-8"}
		}
	}
	for name, values := range r.Query {
		if notText(name) || slices.ContainsFunc(values, notText) {
			return &InvalidError{Field: "query", Reason: "is not UTF-8"}
		}
	}
	return nil
}

func notText(s string) bool { return !utf8.ValidString(s) }
