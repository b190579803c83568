package idem

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/bardge/bardge-go/internal/origin"
)

type endpoint struct {
	engine *Engine
	origin string
	path   string // of the base URL, escaped
	keys   *doubtfulKeys
}

func (t *Transport) newEndpoint(base string) (*endpoint, error) {
	c := t.config
	c.BaseURL = base
	engine, err := New(c)
	if err != nil {
		return nil, err
	}
	return &endpoint{
		engine: engine, origin: origin.Of(&engine.root), path: engine.root.EscapedPath(),
		keys: newDoubtfulKeys(engine.policy.KeyTTL),
	}, nil
}

// endpoint returns where a request is sent. With an error, the request cannot
// be.
func (t *Transport) endpoint(u *url.URL) (*endpoint, error) {
	if t.fixed != nil {
		return t.fixed, nil
	}
	of := origin.Of(u)
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.origins[of]; e != nil {
		return e, nil
	}
	e, err := t.newEndpoint(baseOf(u))
	if err != nil {
		return t.unplaced, err
	}
	t.origins[of] = e
	return e, nil
}

// baseOf is the origin of a URL as requests name it: without a default port.
func baseOf(u *url.URL) string {
	host := strings.TrimSuffix(u.Hostname(), ".")
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if !hasUsualPort(u) {
		host += ":" + u.Port()
	}
	return u.Scheme + "://" + host
}

func (t *Transport) endpoints() []*endpoint {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := append(make([]*endpoint, 0, 1+len(t.origins)), t.unplaced) // or the fixed one
	for _, e := range t.origins {
		all = append(all, e)
	}
	return all
}

// has reports whether a URL is below the endpoint's.
func (e *endpoint) has(u *url.URL) bool {
	_, ok := e.below(u)
	return ok && origin.Of(u) == e.origin
}

// below returns the rest of a URL's path, escaped.
func (e *endpoint) below(u *url.URL) (string, bool) {
	rest, ok := strings.CutPrefix(u.EscapedPath(), e.path)
	return rest, ok && (rest == "" || rest[0] == '/')
}

// do executes the operation of a request. One that is refused, or cannot be
// sent, ends with what is known of its key.
func (e *endpoint) do(ctx context.Context, op Operation, req *http.Request, refused error) Result {
	r := e.engine.Do(e.prepare(ctx, op, req, refused))
	e.keys.remember(r, e.engine.clock.Now())
	return r
}
