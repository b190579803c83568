package sdk

import (
	"net/http"

	"github.com/bardge/bardge-go/idem"
)

// NewTransport makes a transport from the settings and the vendor's own.
func (s *Settings) NewTransport(
	own idem.Config, find func(*http.Request) (idem.Operation, bool),
) (*idem.Transport, error) {
	t, err := idem.NewTransport(own.Profile, find, func(c *idem.Config) { *c = s.config(own) })
	if err != nil {
		return nil, s.engineError(err)
	}
	return t, nil
}

// Base makes a transport the one below; a nil *http.Transport is none.
func (s *Settings) Base(base http.RoundTripper) {
	if p, ok := base.(*http.Transport); !ok || p != nil {
		s.Transport = base
	}
}
