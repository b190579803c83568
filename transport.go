package bardge

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// NewTransport gives an integration with its own HTTP code what this SDK has:
// each operation that changes something is repeated with the same bytes for as
// long as that is safe, under a key if it takes one, and ends with an outcome.
//
//	client := &http.Client{Transport: bardge.NewTransport(nil)}
//
// Everything else goes to base as it is: reads, other hosts, and requests that
// the API does not know. A default port, a dot after the host and a slash after
// the path make no difference.
//
// A base of nil, or an *http.Transport, is cloned for the operations; any other
// RoundTripper is used as it is, see [WithHTTPClient]. The options are
// [WithBaseURL], [WithPath], [WithRetryPolicy], [WithMaxAttempts],
// [WithRateLimit], [WithLimiter], [WithMaxConcurrent], [WithLogger],
// [WithObserver] and [WithVerboseErrors]. Others, and bad settings, make every
// request fail before it is sent.
//
// A response means that the operation was executed (2xx), or certainly refused
// (4xx), or that a booking was cancelled before. In every other case there is
// an error, in which errors.As finds an *[Error] with outcome, key and the last
// response: so a 4xx after an attempt which may have been executed is an error
// with [OutcomeUnknown], and a cancellation whose response is lost may be one
// with [OutcomeDone].
//
// The key is the context's ([ContextWithKey]), else the one in the request's
// Idempotency-Key header, else a new one; a cancellation is sent without. A key
// in a header is taken for never sent before, unless this transport knows
// better. To resume an operation, send the same request with the error's key.
// Bodies, deadlines and headers are as [idem.NewTransport] describes; without a
// deadline an operation may take 85 s.
func NewTransport(base http.RoundTripper, opts ...Option) http.RoundTripper {
	s := defaults()
	bad := cmp.Or(sdk.ApplyOptions(opts, s.applyToTransport), s.paths.Check())
	path := pathBelow(s.BaseURL)
	return s.NewTransport(base, bad, sdk.Vendor{
		Config: idem.Config{Profile: profile(), Inspect: inspector(s.Credentials.Redact).inspect},
		Find: func(req *http.Request) (idem.Operation, bool) {
			op, ok := rows[s.paths.Changing(req.Method, path(req))]
			return op, ok
		},
		Knows: func(name string) bool { return rows[gen.OperationID(name)].Name != "" },
		Error: func(req *http.Request, name string, r idem.Result) error {
			_, token, _ := strings.Cut(req.Header.Get("Authorization"), " ")
			of := defaults()
			of.Credentials.Learn(token)
			e := newError(name, idem.KeyUnverified, &r).redacted(of.Credentials.Redact)
			e.verbose = s.Verbose
			if gen.OperationID(name) == gen.OpCancelBooking {
				e.bookingID = s.paths.ID(idem.Request{Operation: rows[gen.OpCancelBooking], Path: path(req)})
			}
			return e
		},
	})
}

// ContextWithKey runs the request that carries the context under this key, an
// [Error]'s or one of [SentKey]. It is for [NewTransport] alone.
func ContextWithKey(ctx context.Context, k Key) context.Context { return idem.ContextWithKey(ctx, k) }

// applyToTransport applies an option, and refuses a client's.
func (s *settings) applyToTransport(o Option) error {
	if err := o.apply(s); err != nil {
		return err
	}
	switch {
	case s.Transport != nil, s.Journal != nil, s.Secrets != nil, s.JournalTimeout != 0,
		s.report != nil, s.reconcilers != nil, s.raw != nil, s.keySource != nil, s.apiKey != "", !s.Defaults.Empty(),
		s.UserAgent != defaults().UserAgent:
		return &InvalidError{Field: "option", Reason: "is not for a transport"}
	}
	return nil
}

// pathBelow returns what finds a request's path below the base URL, escaped.
func pathBelow(baseURL string) func(*http.Request) string {
	base, err := sdk.ParseBase(baseURL)
	if err != nil {
		base = &url.URL{} // it is refused
	}
	return func(req *http.Request) string {
		return strings.TrimSuffix(strings.TrimPrefix(req.URL.EscapedPath(), base.EscapedPath()), "/")
	}
}
