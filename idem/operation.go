package idem

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Class is how an operation may be repeated. It is stated with the API's
// description, and never guessed from the HTTP method.
type Class uint8

const (
	// KeyUnverified operations carry a key that the server may not honour: they
	// are repeated only after nothing was sent or the server rejected them. It
	// is the zero value, since it promises least.
	KeyUnverified Class = iota
	// Safe operations change nothing: no key, repeated freely.
	Safe
	// Keyed operations are repeated with the same idempotency key inside its
	// window.
	Keyed
	// Idempotent operations take no key and have no further effect when
	// repeated (cancelling twice cancels once): repeated freely.
	Idempotent
	// NonIdempotent operations take no key, and repeating one may execute it
	// again: they are repeated only after nothing was sent or the server
	// rejected them.
	NonIdempotent
)

// String returns the class's name.
func (c Class) String() string {
	switch c {
	case Safe:
		return "safe"
	case Keyed:
		return "keyed"
	case Idempotent:
		return "idempotent"
	case NonIdempotent:
		return "non-idempotent"
	default:
		return "key unverified"
	}
}

// once reports whether the class is not to be repeated if perhaps executed.
func (c Class) once() bool { return c == KeyUnverified || c == NonIdempotent }

func (c Class) sendsKey() bool { return c == Keyed || c == KeyUnverified }

// Operation is the row that describes one operation of an API.
type Operation struct {
	// Name distinguishes operations in errors, events and fingerprints.
	Name string
	// Class is how the operation may be repeated.
	Class Class
	// Success lists the statuses that mean executed. Any other 2xx is
	// ambiguous.
	Success []int
	// BodyFormat is what the body of a success is. Zero is a JSON object.
	BodyFormat BodyFormat
	// NoContent: success carries no body: 204, or an empty body that comes with
	// the API's request id.
	NoContent bool
	// ResultHeader names a header that may carry the response of a success in
	// place of a body, such as a Location that names what was made. Empty: none
	// may.
	ResultHeader string
	// Prove finds what the response of a success proves: its status, header,
	// and body, which may be cut, so that only what was read to its end counts.
	// It must not keep the body, and must be safe for concurrent use. Without
	// it, one whole JSON object (or XML document) of the right media type
	// without an error proves that the operation was executed, and nothing else
	// does: enough for an API whose intermediaries never write a success of
	// their own.
	Prove func(status int, header http.Header, body []byte) Proof
	// Classify reads the API's error object in place of the profile's, where
	// the same words mean something else, such as which state holds already.
	// Nil is the profile's.
	Classify func(status int, body []byte) Signal
}

// BodyFormat is what the body of a success is.
type BodyFormat uint8

const (
	// BodyJSON: one JSON object.
	BodyJSON BodyFormat = iota
	// BodyXML: one XML document.
	BodyXML
)

func (o *Operation) succeeds(status int) bool { return slices.Contains(o.Success, status) }

// Request is one operation as plain data: it can be compared, journalled and
// sent again by another process.
type Request struct {
	// Operation is the row of the requested operation.
	Operation Operation
	// Method is the HTTP method.
	Method string
	// Path is appended to the configured base URL; its segments are escaped
	// already.
	Path string
	// Query is what the query string is made of; nil is none.
	Query url.Values
	// Header holds the headers of this call alone, beside the configured ones.
	Header http.Header
	// Body is sent byte for byte on every attempt; empty is no body.
	Body []byte
	// ContentType is the body's. Empty is application/json.
	ContentType string
}

const jsonType = "application/json"

// Response is a response of the server, read to its end.
type Response struct {
	// Status is the HTTP status code.
	Status int `json:"status"`
	// Header is the response header.
	Header http.Header `json:"header,omitempty"`
	// Body is the whole body after decompression; nil if it could not be read.
	Body []byte `json:"body,omitempty"`
	// Value is what Call.Decode made of the body of a success; nil where there
	// was neither.
	Value any `json:"-"`
	// Reconstructed: it is no response of the API, but was put together from
	// what reading has shown. Call.Decode's ErrResponseIncomplete does not
	// count then.
	Reconstructed bool `json:"reconstructed,omitempty"`
}

// DriftError lists the JSON paths of the fields of a response that did not fit
// their types, and are zero in its value, and of the items of lists that were
// left out. Call.Decode returns it beside a value that is good for use.
type DriftError []string

// Error names the paths.
func (d DriftError) Error() string { return "fields do not fit their types: " + strings.Join(d, ", ") }

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
