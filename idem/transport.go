package idem

import (
	"cmp"
	"context"
	"net/http"
	"sync"

	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

// Transport is an [http.RoundTripper] that gives the requests of any HTTP
// client what an Engine's calls have: a key, repetitions with the same bytes
// for as long as that is safe, and an outcome. It is safe for concurrent use.
type Transport struct {
	find      func(*http.Request) (Operation, bool)
	config    Config // of each engine
	authorize authorizer
	base      http.RoundTripper
	fixed     *endpoint // of Config.BaseURL; nil: there is one for each origin
	unplaced  *endpoint // of requests that no engine can send

	mu      sync.Mutex
	origins map[string]*endpoint
}

// NewTransport makes a Transport for one account of a vendor.
//
//	client := &http.Client{Transport: transport}
//
// The function find names the operation of a request, by its method, URL and
// headers; it must neither change the request nor read its body, and must be
// safe for concurrent use. A request that it does not know goes to
// Config.Transport as it is.
//
// The settings change the [Config] of the engines, in order; nil ones are
// skipped. Config.Transport is the base; nil is one like Go's default.
// Config.BaseURL restricts the transport to the URLs below it: find is called
// for no others. It must be set with a Journal. Where it is empty, each origin
// that find accepts gets an engine at its first request, which stays: find
// should accept a few origins, all https or of this machine.
//
// # Responses
//
// A nil error means that the operation is settled, and that this is the
// server's own response, or what a journal or Operation.Lookup has of it:
// executed, or certainly refused (4xx). In every other case there is an error,
// in which errors.As finds a [*Failure] with outcome and key, through any
// client's wrapping, and a [*TransportError] with the last response;
// [OutcomeOf], [KeyOf], [CanRepeat] and [RetryHelps] read it. So a 4xx after an
// attempt which may have been executed is an error, of [OutcomeUnknown]. Of an
// operation that only reads ([Safe]) the last response is returned, with any
// status. Config.Observe gets what a response cannot show, such as
// [Event].RecordErr.
//
// # Keys and refs
//
// The key is the context's ([ContextWithKey]), else the request's own, in
// Profile.KeyHeader (without its quotes, for Profile.QuoteKey) or in the body's
// Profile.KeyField, else a new one. An own key is kept, and taken for never
// sent before unless this transport knows better. To resume an operation, send
// the same request with the error's key in the context: it replaces an own one,
// since many SDKs mint another one for each call. Operations whose class takes
// no key get none: one in the header is left out.
//
// A client that repeats requests by itself must send the same key each time, or
// leave repeating to the transport: without a key in its request or its context,
// each of its repetitions is another operation, with a key of its own.
//
// The context may have a ref instead ([ContextWithRef]), which needs a journal.
// It chooses the key, and the request's own is left out likewise.
//
// # Requests
//
// The context, http.Client.Timeout and Request.Cancel bound the whole exchange,
// including reading the request's body. http.Client replaces the error of a
// transport that returns after its Timeout, so the operation ends before that:
// by 5 % of the time left, at least 10 ms (or half of a shorter time) and at
// most 250 ms.
//
// Bodies of up to 10 MiB are read whole; a larger one, and one that is not as
// long as the request's ContentLength, is refused and nothing is sent. So are
// headers that the engine or HTTP owns, such as Content-Encoding, or that
// change what a response means (R40), a Host that is not the URL's, and
// trailers. Accept-Encoding is left to the transport, a body without a
// Content-Type is sent as application/json, and a query's parameters are sent
// in the order of their names.
//
// # Pace
//
// All requests to one origin keep one pace (R41): use a transport per account
// where each has a limit of its own.
//
// # Credentials and the journal
//
// The request's own credentials go out with each of its attempts: its
// Authorization, its cookies, and each header with one of the words auth, key,
// token, secret, password, signature, credential or jwt in its name. A journal
// records the request without them. Config.Authorize adds credentials where a
// request has none but cookies, and to what [Engine.Recover] sends (see
// [Transport.Engine]); without it recovery sends none, and a server refuses it.
func NewTransport(
	p Profile, find func(*http.Request) (Operation, bool), settings ...func(*Config),
) (*Transport, error) {
	t := &Transport{find: find, config: Config{Profile: p}, origins: map[string]*endpoint{}}
	for _, set := range settings {
		if set != nil {
			set(&t.config)
		}
	}
	switch {
	case find == nil:
		return nil, &InvalidError{Field: "find", Reason: "is nil"}
	case t.config.Journal != nil && t.config.BaseURL == "":
		return nil, &InvalidError{Field: "base URL", Reason: "is needed with a journal"}
	}
	t.base = cmp.Or(t.config.Transport, http.DefaultTransport)
	t.authorize, t.config.Authorize = t.config.Authorize, t.addCredentials
	// Without a base URL this engine shows whether the settings are good, and
	// reports of requests that cannot be sent what is known of their keys.
	var err error
	if t.unplaced, err = t.newEndpoint(cmp.Or(t.config.BaseURL, "https://localhost")); err != nil {
		return nil, err
	}
	if t.config.BaseURL != "" {
		t.fixed = t.unplaced
	}
	return t, nil
}

// Engine returns the engine of Config.BaseURL, for what is done with a journal:
// Recover, RunRecovery, List, Resolve, Close. It is nil without a BaseURL.
func (t *Transport) Engine() *Engine {
	if t.fixed == nil {
		return nil
	}
	return t.fixed.engine
}

// CloseIdleConnections closes unused connections, of the engines and of the
// base.
func (t *Transport) CloseIdleConnections() {
	for _, e := range t.endpoints() {
		e.engine.CloseIdleConnections()
	}
	if c, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// RoundTrip sends the request of a known operation through an engine, others
// through the base.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	op, known := t.operation(req)
	if !known {
		return t.base.RoundTrip(req)
	}
	ctx, release := operationContext(req)
	defer release()
	var heard http.Response
	ctx = sendonce.WithResponse(ctx, &heard)
	at, refused := t.endpoint(req.URL)
	r := at.do(ctx, op, req, refused)
	if settles(ctx, op, &r, &heard) {
		return respond(req, r.Response, &heard), nil
	}
	return nil, &TransportError{Operation: op, Result: r}
}

// operation returns the operation of a request that an engine is to send.
func (t *Transport) operation(req *http.Request) (Operation, bool) {
	if req.URL == nil || t.fixed != nil && !t.fixed.has(req.URL) {
		return Operation{}, false
	}
	return t.find(req)
}

// addCredentials is the Authorize of the engines.
func (t *Transport) addCredentials(ctx context.Context, h http.Header) error {
	own := credentialsIn(ctx)
	if t.authorize != nil && !authorizes(own) {
		if err := t.authorize(ctx, h); err != nil {
			return err
		}
	}
	addCanonical(h, own)
	return nil
}
