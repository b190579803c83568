package bluesnap

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// maxBody bounds what is read of a request's body.
const maxBody = 10 << 20

// ContextWithKey runs the request that carries the context under this key, with
// all that is known of it: an [Error]'s, or one of [SentKey]. It is for
// [NewTransport] alone.
func ContextWithKey(ctx context.Context, k Key) context.Context {
	return context.WithValue(ctx, contextKey{}, k)
}

type contextKey struct{}

// call turns a request into the engine's call. The request itself stays as it
// is, save that its body is read and closed.
func (t *transport) call(at end, op operation, req *http.Request) (idem.Call, error) {
	body, err := readBody(req)
	if err != nil {
		return idem.Call{}, err
	}
	if req.Host != "" && origin(&url.URL{Scheme: req.URL.Scheme, Host: req.Host}) != origin(req.URL) {
		return idem.Call{}, &InvalidError{Field: "Host", Reason: "is another one than the URL's"}
	}
	query, err := url.ParseQuery(req.URL.RawQuery)
	if err != nil {
		return idem.Call{}, &InvalidError{Field: "query", Reason: "cannot be read"}
	}
	key, err := t.keys.of(req)
	if err != nil {
		return idem.Call{}, err
	}
	op.xml = wantsXML(op, req.Header)
	return idem.Call{
		Key: key,
		Request: idem.Request{
			Operation:   op.row(at.base.String()),
			Method:      req.Method,
			Path:        strings.TrimPrefix(req.URL.EscapedPath(), at.base.EscapedPath()),
			Query:       query,
			Header:      handed(req.Header),
			Body:        body,
			ContentType: req.Header.Get("Content-Type"),
		},
	}, nil
}

// wantsXML says what an answer will be: the endpoints of JSON speak XML too, to
// those who ask for it.
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

// handed are the headers that are handed on. Those that belong to one connection,
// to the body's transfer or to the engine are made anew; any other one that the
// engine owns it refuses.
func handed(h http.Header) http.Header {
	out := h.Clone()
	for _, name := range []string{
		keyHeader, "Authorization", "Content-Type", "Content-Length", "Accept-Encoding",
		"Connection", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Expect",
	} {
		out.Del(name)
	}
	return out
}

// readBody reads a request's body whole, and closes it.
func readBody(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	defer closeBody(req)
	body, err := io.ReadAll(io.LimitReader(req.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, bodyError{err}
	case len(body) > maxBody:
		return nil, &InvalidError{Field: "body", Reason: fmt.Sprintf("is larger than %d bytes", maxBody)}
	default:
		return body, nil
	}
}

// bodyError is a request's body that failed. What it said is found by errors.Is
// and errors.As, and not shown.
type bodyError struct{ cause error }

// Error says so in fixed words.
func (bodyError) Error() string { return "the request's body could not be read" }

// Unwrap gives what lies beneath.
func (u bodyError) Unwrap() error { return u.cause }

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close() // it was read as far as it is needed
	}
}

// respond makes the response of an answer, which is in memory.
func respond(req *http.Request, a *idem.Answer) *http.Response {
	header := a.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", a.Status, http.StatusText(a.Status)),
		StatusCode:    a.Status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        header,
		Body:          io.NopCloser(bytes.NewReader(a.Body)),
		ContentLength: int64(len(a.Body)),
		Request:       req,
	}
}

// keys are the keys that this transport knows to be in doubt, so that a request
// which brings one in its header goes on where it ended.
type keys struct {
	mu    sync.Mutex
	known map[string]knownKey
}

type knownKey struct {
	key   Key
	since time.Time
}

// keyMemory is how long a key in doubt is remembered: far longer than the vendor
// does.
const keyMemory = 4 * keyWindow

// of chooses the key of a request: zero lets the engine mint one.
func (k *keys) of(req *http.Request) (Key, error) {
	given, _ := req.Context().Value(contextKey{}).(Key)
	names := req.Header.Values(keyHeader)
	switch {
	case len(names) > 1:
		return Key{}, &InvalidError{Field: "header " + keyHeader, Reason: "is there more than once"}
	case len(names) == 0:
		return given, nil
	case !given.IsZero() && given.String() != names[0]:
		return Key{}, &InvalidError{Field: "idempotency key", Reason: "differs between context and header"}
	case !given.IsZero():
		return given, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if doubtful, ok := k.known[names[0]]; ok {
		return doubtful.key, nil
	}
	return FreshKey(names[0])
}

// remember keeps a key in doubt, and drops it when the doubt is over.
func (k *keys) remember(r idem.Result) {
	k.mu.Lock()
	defer k.mu.Unlock()
	name, now := r.Key.String(), time.Now()
	if r.Outcome != OutcomeUnknown {
		delete(k.known, name)
		return
	}
	for other, old := range k.known {
		if now.Sub(old.since) > keyMemory {
			delete(k.known, other)
		}
	}
	if _, ok := k.known[name]; !ok {
		k.known[name] = knownKey{r.Key, now}
	}
}
