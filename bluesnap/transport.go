package bluesnap

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/origin"
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
// [WithRetryPolicy], [WithMaxAttempts], [WithRateLimit], [WithLimiter],
// [WithMaxConcurrent], [WithLogger], [WithObserver], [WithVerboseErrors] and
// [RequireEchoBeforeRepeating]. Others, and bad settings, make every request
// fail before it is sent.
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
	s := defaults()
	s.BaseURL = ""
	bad := sdk.ApplyOptions(opts, s.applyToTransport)
	hosts := []string{s.BaseURL}
	if s.BaseURL == "" {
		hosts = []string{ProductionURL, SandboxURL}
		if bad == nil && s.echo != nil {
			bad = &InvalidError{Field: "RequireEchoBeforeRepeating", Reason: "needs WithBaseURL or WithSandbox here"}
		}
	}
	return s.NewTransport(base, bad, sdk.Vendor{
		Config: idem.Config{Profile: profile(), WallClock: s.wallClock},
		Find:   findKeyed(hosts, s.echo),
		Knows:  func(name string) bool { return operations[name].name != "" },
		Error: func(req *http.Request, name string, r idem.Result) error {
			op := operations[name]
			op.name = name
			of := defaults()
			of.learn(req.Header.Get("Authorization"))
			e := newError(op, r).redacted(of.Credentials.Redact)
			e.verbose = s.Verbose
			return e
		},
	})
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

// findKeyed finds the keyed operation of a request to one of the hosts.
func findKeyed(hosts []string, e *echo) func(*http.Request) (idem.Operation, bool) {
	bases := make([]*url.URL, 0, len(hosts))
	for _, host := range hosts {
		if base, err := sdk.ParseBase(host); err == nil { // else it is refused
			bases = append(bases, base)
		}
	}
	return func(req *http.Request) (idem.Operation, bool) {
		for _, base := range bases {
			path, ok := strings.CutPrefix(req.URL.EscapedPath(), base.EscapedPath())
			if !ok || origin.Of(req.URL) != origin.Of(base) {
				continue
			}
			op, ok := keyedPost(req.Method, strings.TrimSuffix(path, "/"))
			op.xml = wantsXML(op, req.Header)
			return e.of(op).engineOperation(base.String()), ok
		}
		return idem.Operation{}, false
	}
}

// wantsXML reports whether a response will be XML: JSON's endpoints have both.
func wantsXML(op operation, h http.Header) bool {
	for _, name := range []string{"Accept", "Content-Type"} {
		switch v := strings.ToLower(h.Get(name)); {
		case strings.Contains(v, "json"):
			return false
		case strings.Contains(v, "xml"):
			return true
		}
	}
	return op.xml
}

// ContextWithKey runs the request that carries the context under this key, an
// [Error]'s or one of [SentKey]. It is for [NewTransport] alone.
func ContextWithKey(ctx context.Context, k Key) context.Context { return idem.ContextWithKey(ctx, k) }
