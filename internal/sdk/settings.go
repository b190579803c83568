package sdk

import (
	"net/http"

	"github.com/bardge/bardge-go/idem"
)

// TransportOf takes the transport out of an HTTP client, and refuses one with
// settings that would act behind the engine's back. A client without a transport has
// Go's default one.
func TransportOf(c *http.Client) (http.RoundTripper, error) {
	switch {
	case c == nil:
		return nil, &idem.InvalidError{Field: "HTTP client", Reason: "is nil"}
	case c.Timeout != 0:
		return nil, &idem.InvalidError{
			Field:  "HTTP client",
			Reason: "has a Timeout; use the context, or RetryPolicy.AttemptTimeout",
		}
	case c.Jar != nil:
		return nil, &idem.InvalidError{Field: "HTTP client", Reason: "has a cookie Jar; the API knows no cookies"}
	case c.CheckRedirect != nil:
		return nil, &idem.InvalidError{
			Field:  "HTTP client",
			Reason: "has a CheckRedirect; redirects are the SDK's to judge",
		}
	}
	if t, ok := c.Transport.(*http.Transport); c.Transport == nil || ok && t == nil {
		return http.DefaultTransport, nil
	}
	if c.Transport != nil && IsNil(c.Transport) {
		return nil, &idem.InvalidError{Field: "HTTP client", Reason: "has a Transport that is a nil pointer"}
	}
	return c.Transport, nil
}

// UserAgent puts the caller's product in front of the SDK's own.
func UserAgent(product, own string) (string, error) {
	for i := range len(product) {
		if product[i] < ' ' || product[i] >= 0x7f {
			return "", &idem.InvalidError{
				Field:  "user agent",
				Reason: "has a character that cannot stand in a header",
			}
		}
	}
	if product == "" {
		return own, nil
	}
	return product + " " + own, nil
}
