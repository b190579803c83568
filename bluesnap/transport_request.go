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

// ContextWithKey runs the request that carries the context under this key, an
// [Error]'s or one of [SentKey]. It is for [NewTransport] alone.
func ContextWithKey(ctx context.Context, k Key) context.Context {
	return context.WithValue(ctx, contextKey{}, k)
}

type contextKey struct{}

// call turns a request into the engine's call; only its body is read and
// closed. One that cannot be sent is refused, with what is known of its key.
func (t *transport) call(ctx context.Context, at endpoint, op operation, req *http.Request) idem.Call {
	body, refused := requestBody(ctx, req)
	key, err := t.keys.of(req)
	if refused == nil {
		refused = err
	}
	query, err := url.ParseQuery(req.URL.RawQuery)
	switch {
	case refused != nil:
	case req.Host != "" && origin(&url.URL{Scheme: req.URL.Scheme, Host: req.Host}) != origin(req.URL):
		refused = &InvalidError{Field: "Host", Reason: "is another one than the URL's"}
	case err != nil:
		refused = &InvalidError{Field: "query", Reason: "cannot be read"}
	}
	op.xml = wantsXML(op, req.Header)
	return idem.Call{
		Key:     key,
		Invalid: refused,
		Request: idem.Request{
			Operation:   op.engineOperation(at.base.String()),
			Method:      req.Method,
			Path:        strings.TrimPrefix(req.URL.EscapedPath(), at.base.EscapedPath()),
			Query:       query,
			Header:      forwardedHeaders(req.Header),
			Body:        body,
			ContentType: req.Header.Get("Content-Type"),
		},
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

// forwardedHeaders leaves out what belongs to one connection, to the body's
// transfer or to the engine. Others that the engine owns it refuses.
func forwardedHeaders(h http.Header) http.Header {
	out := h.Clone()
	for _, name := range []string{
		keyHeader, "Authorization", "Content-Type", "Content-Length", "Accept-Encoding",
		"Connection", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Expect",
	} {
		out.Del(name)
	}
	return out
}

// respond makes an http.Response of a response in memory.
func respond(req *http.Request, a *idem.Response) *http.Response {
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

// keys are those in doubt, so that a request with one in its header goes on
// where it ended. Of their two generations the older is dropped as a whole, so
// that no request waits for a sweep.
type keys struct {
	mu     sync.Mutex
	known  map[string]Key
	older  map[string]Key
	turned time.Time // when known became empty
}

// keyMemory, at most doubled, is far longer than the vendor remembers a key.
const keyMemory = 4 * keyWindow

// of chooses the key of a request: zero lets the engine mint one. With an error
// it is the key whose outcome the refused request reports.
func (k *keys) of(req *http.Request) (Key, error) {
	given, _ := req.Context().Value(contextKey{}).(Key)
	names := req.Header.Values(keyHeader)
	switch {
	case len(names) > 1:
		return given, &InvalidError{Field: "header " + keyHeader, Reason: "is there more than once"}
	case len(names) == 0:
		return given, nil
	case !given.IsZero() && given.String() != names[0]:
		return given, &InvalidError{Field: "idempotency key", Reason: "differs between context and header"}
	case !given.IsZero():
		return given, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if doubtful, ok := k.known[names[0]]; ok {
		return doubtful, nil
	}
	if doubtful, ok := k.older[names[0]]; ok {
		return doubtful, nil
	}
	return UnsentKey(names[0])
}

// remember keeps a key in doubt, and drops it when the doubt is over.
func (k *keys) remember(r idem.Result) {
	k.mu.Lock()
	defer k.mu.Unlock()
	name := r.Key.String()
	if r.Outcome != OutcomeUnknown {
		delete(k.known, name)
		delete(k.older, name)
		return
	}
	if now := time.Now(); k.known == nil || now.Sub(k.turned) > keyMemory {
		k.older, k.known, k.turned = k.known, map[string]Key{}, now
	}
	k.known[name] = r.Key
}
