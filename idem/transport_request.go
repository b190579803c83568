package idem

import (
	"cmp"
	"context"
	"net/http"
	"net/url"

	"github.com/bardge/bardge-go/internal/origin"
)

// prepare turns a request into the engine's call, and a context for it; only
// its body is read and closed. Why it cannot be sent is in Call.Invalid.
func (e *endpoint) prepare(
	ctx context.Context, op Operation, req *http.Request, refused error,
) (context.Context, Call) {
	header := canonical(req.Header)
	body, unread := requestBody(ctx, req)
	key, ref, body, badKey := e.identify(op, req, header, body)
	query, badQuery := url.ParseQuery(req.URL.RawQuery)
	if badQuery != nil {
		badQuery = &InvalidError{Field: "query", Reason: "cannot be read"}
	}
	contentType := header.Get("Content-Type")
	e.leaveOut(header)
	refused = cmp.Or(refused, unread, badKey, refuseRequest(req), badQuery, e.engine.CheckHeader(withoutOwned(header)))
	ctx = withCredentials(ctx, takeCredentials(header))
	path, _ := e.below(req.URL)
	return ctx, Call{
		Key:     key,
		Ref:     ref,
		Invalid: refused,
		Request: Request{
			Operation: op, Method: cmp.Or(req.Method, http.MethodGet), Path: path, Query: query,
			Header: header, Body: body, ContentType: contentType,
		},
	}
}

// identify returns the key or the ref of a request's operation, and the body
// without a key. With an error it is the key whose outcome the refused request
// reports.
func (e *endpoint) identify(
	op Operation, req *http.Request, header http.Header, body []byte,
) (Key, string, []byte, error) {
	given, ref := named(req.Context())
	switch {
	case op.Class == Safe:
		return Key{}, "", body, nil
	case !op.Class.sendsKey():
		return given, ref, body, nil
	}
	own, body, err := e.engine.profile.ownKey(header, body)
	switch {
	case ref != "": // an SDK's own key is of one call alone
		return given, ref, body, nil
	case err != nil, own == "", !given.IsZero():
		return given, "", body, err
	}
	given, err = e.keys.find(own, e.engine.clock.Now())
	return given, "", body, err
}

func refuseRequest(req *http.Request) error {
	named := url.URL{Scheme: req.URL.Scheme, Host: req.Host}
	elsewhere := req.Host != "" && origin.Of(&named) != origin.Of(req.URL)
	return cmp.Or(
		invalidIf(req.URL.Opaque != "", "URL", "is opaque"),
		invalidIf(elsewhere, "Host", "is another one than the URL's"),
		invalidIf(len(req.Trailer) > 0, "trailer", "is not sent"),
	)
}

// leaveOut removes what belongs to one connection, to the body's transfer, or
// to the engine.
func (e *endpoint) leaveOut(h http.Header) {
	for _, name := range []string{
		e.engine.profile.KeyHeader, "Content-Type", "Content-Length", "Accept-Encoding",
		"Connection", "Proxy-Connection", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Expect",
	} {
		h.Del(name)
	}
}

// withoutOwned is what the engine has to check: it refuses an Authorization,
// which the transport adds.
func withoutOwned(h http.Header) http.Header {
	h = h.Clone()
	h.Del("Authorization")
	return h
}
