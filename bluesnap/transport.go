package bluesnap

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// NewTransport gives an integration with its own HTTP code what this SDK has: a
// POST to one of the endpoints that accept a key gets one, is repeated with the
// same bytes for as long as that is safe, and ends with an outcome.
//
//	client := &http.Client{Transport: bluesnap.NewTransport(nil)}
//
// Everything else goes to base as it is: reads, PUTs, other hosts, and POSTs
// that the vendor's list does not name, which no key protects. A default port,
// a dot after the host and a slash after the path make no difference.
//
// A base of nil, or an *http.Transport, is cloned for the keyed requests; any
// other RoundTripper is used as it is, see [WithHTTPClient]. The options are
// [WithBaseURL] and [WithSandbox] (the default is both of the vendor's hosts),
// [WithRetryPolicy], [WithMaxAttempts], [WithLogger] and [WithObserver].
// Others, and bad settings, make every request fail before it is sent.
//
// A response means that the operation was executed (2xx), or certainly refused
// (4xx). In every other case there is an error, in which errors.As finds an
// *[Error] with outcome, key and the last response: so a 4xx after an attempt
// which may have been executed is an error with [OutcomeUnknown].
//
// The key is the context's ([ContextWithKey]), else the one in the request's
// idempotency-key header, else a new one. A key in a header is taken for never
// sent before, unless this transport knows better. To resume an operation, send
// the same request with the error's key.
//
// The context, http.Client.Timeout and Request.Cancel bound the whole exchange,
// including reading the request's body; without any of them it may take 10
// minutes. http.Client replaces the error of a transport that returns after its
// Timeout, so the operation ends before that: by 5 % of the time left, at least
// 10 ms (or half of a shorter time) and at most 250 ms. errors.Is then finds
// [context.DeadlineExceeded] beside the *[Error]. Bodies of up to 10 MiB are
// read whole, both ways; one that is not as long as the request's ContentLength
// is refused. Accept-Encoding is left to the transport, and a query's
// parameters are sent in the order of their names.
func NewTransport(base http.RoundTripper, opts ...Option) http.RoundTripper {
	if p, ok := base.(*http.Transport); ok && p == nil {
		base = nil
	}
	s := defaults()
	s.BaseURL = ""
	t := &transport{base: base, bad: sdk.ApplyOptions(opts, s.applyToTransport)}
	if base == nil {
		t.base = http.DefaultTransport
	}
	if t.bad == nil {
		t.bad = t.connect(s, base)
	}
	return t
}

type transport struct {
	base      http.RoundTripper
	endpoints []endpoint
	bad       error // of the settings
	keys      keys
}

// endpoint is one of the vendor's hosts.
type endpoint struct {
	base   *url.URL
	engine *idem.Engine
}

// applyToTransport applies an option, and refuses a client's.
func (s *settings) applyToTransport(o Option) error {
	if err := o.apply(s); err != nil {
		return err
	}
	plain := defaults()
	switch {
	case s.Transport != nil, s.Journal != nil, s.Secrets != nil, s.JournalTimeout != 0,
		s.reconcilers != nil, s.merchantID != "", s.unique, !s.Defaults.Empty(),
		s.version != plain.version, s.UserAgent != plain.UserAgent:
		return &InvalidError{Field: "option", Reason: "is not for a transport"}
	}
	return nil
}

func (t *transport) connect(s settings, base http.RoundTripper) error {
	s.Transport = base
	hosts := []string{s.BaseURL}
	if s.BaseURL == "" {
		hosts = []string{ProductionURL, SandboxURL}
	}
	for _, host := range hosts {
		s.BaseURL = host
		core, err := s.Connect(idem.Config{Profile: profile(), Authorize: forwardCredentials, WallClock: s.wallClock})
		if err != nil {
			return err
		}
		at, err := url.Parse(strings.TrimSuffix(host, "/"))
		if err != nil {
			return err // unreachable: the engine has read it
		}
		t.endpoints = append(t.endpoints, endpoint{at, core.Engine()})
	}
	return nil
}

// CloseIdleConnections closes unused connections, here and in base.
func (t *transport) CloseIdleConnections() {
	for _, e := range t.endpoints {
		e.engine.CloseIdleConnections()
	}
	if c, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// RoundTrip sends a keyed request through the engine, others through base.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.bad != nil {
		closeBody(req)
		return nil, notSent(operation{name: "RoundTrip"}, t.bad)
	}
	at, op, ok := t.find(req)
	if !ok {
		return t.base.RoundTrip(req)
	}
	ctx, release := bounded(req)
	defer release()
	made := t.call(ctx, at, op, req)
	ctx = context.WithValue(ctx, credentials{}, req.Header.Get("Authorization"))
	r := at.engine.Do(ctx, made)
	t.keys.remember(r)
	// "Already executed" and its like are errors too: only a response that
	// settles the operation is returned as one.
	answered := r.Err == nil || r.Outcome == OutcomeRejected && r.Verdict == VerdictRejected
	if answered && r.Response != nil {
		return respond(req, r.Response), nil
	}
	s := defaults()
	s.learn(req.Header.Get("Authorization"))
	return nil, newError(op, r).redacted(s.Credentials.Redact)
}

// find returns a request's host and keyed operation.
func (t *transport) find(req *http.Request) (endpoint, operation, bool) {
	for _, e := range t.endpoints {
		if req.URL == nil || origin(req.URL) != origin(e.base) {
			continue
		}
		path, ok := strings.CutPrefix(req.URL.EscapedPath(), e.base.EscapedPath())
		if !ok {
			continue
		}
		op, ok := keyedPost(req.Method, strings.TrimSuffix(path, "/"))
		return e, op, ok
	}
	return endpoint{}, operation{}, false
}

// credentials is the context's key for a request's own Authorization.
type credentials struct{}

// forwardCredentials adds the request's own credentials; a base may add others.
func forwardCredentials(ctx context.Context, h http.Header) error {
	if auth, _ := ctx.Value(credentials{}).(string); auth != "" {
		h.Set("Authorization", auth)
	}
	return nil
}
