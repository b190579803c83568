package sdk

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/bardge/bardge-go/idem"
)

// Transport is a vendor's transport: the engine's, with the vendor's errors.
type Transport struct {
	core  *idem.Transport
	bad   error // of the settings; nil: there is a core
	named Vendor
}

// Vendor is what a transport needs to know.
type Vendor struct {
	Config idem.Config                                    // its own part
	Find   func(*http.Request) (idem.Operation, bool)     // finds the operations that it sends
	Knows  func(operation string) bool                    // whether an operation is one of those
	Error  func(*http.Request, string, idem.Result) error // makes the error of an operation, by its name
}

// ParseBase reads a base URL as the engine does, which refuses a bad one.
func ParseBase(text string) (*url.URL, error) {
	return url.Parse(strings.TrimRight(strings.TrimSpace(text), "/"))
}

// NewTransport makes a transport over base. With bad settings each of its
// requests fails.
func (s *Settings) NewTransport(base http.RoundTripper, bad error, v Vendor) *Transport {
	t := &Transport{bad: bad, named: v}
	if p, ok := base.(*http.Transport); !ok || p != nil { // a nil pointer is none
		s.Transport = base
	}
	if t.bad != nil {
		return t
	}
	t.core, t.bad = idem.NewTransport(v.Config.Profile, v.Find, func(c *idem.Config) { *c = s.config(v.Config) })
	t.bad = s.engineError(t.bad)
	return t
}

// RoundTrip sends the vendor's operations through the engine, others through
// the base.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.bad != nil {
		if req.Body != nil {
			_ = req.Body.Close() // a transport does, also with an error
		}
		return nil, t.named.Error(req, "RoundTrip", idem.Result{Outcome: idem.OutcomeNotSent, Err: t.bad})
	}
	resp, err := t.core.RoundTrip(req)
	failed, ok := err.(*idem.TransportError) //nolint:errorlint // the core's own, not one that a base has wrapped
	if !ok || !t.named.Knows(failed.Operation.Name) {
		return resp, err // the base may be another vendor's transport
	}
	return nil, t.named.Error(req, failed.Operation.Name, failed.Result)
}

// CloseIdleConnections closes unused connections, here and in the base.
func (t *Transport) CloseIdleConnections() {
	if t.core != nil {
		t.core.CloseIdleConnections()
	}
}
