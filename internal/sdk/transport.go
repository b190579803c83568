package sdk

import (
	"net/http"

	"github.com/bardge/bardge-go/idem"
)

// transportOf returns an HTTP client's transport (nil: Go's default one). It
// refuses a client with settings that interfere with the engine.
func transportOf(c *http.Client) (http.RoundTripper, error) {
	refuse := func(reason string) (http.RoundTripper, error) {
		return nil, &idem.InvalidError{Field: "HTTP client", Reason: reason}
	}
	switch {
	case c == nil:
		return refuse("is nil")
	case c.Timeout != 0:
		return refuse("has a Timeout; use the context, or RetryPolicy.AttemptTimeout")
	case c.Jar != nil:
		return refuse("has a cookie Jar; the API knows no cookies")
	case c.CheckRedirect != nil:
		return refuse("has a CheckRedirect; redirects are the SDK's to judge")
	}
	if t, ok := c.Transport.(*http.Transport); c.Transport == nil || ok && t == nil {
		return http.DefaultTransport, nil
	}
	if IsNil(c.Transport) {
		return refuse("has a Transport that is a nil pointer")
	}
	return c.Transport, nil
}
