package idem_test

import (
	"context"
	"net/http"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/chaos"
)

// callbacks wire one of the user's functions to the model.
var callbacks = map[string]func(w *chaos.Simulation, c *idem.Config){
	"observer": func(w *chaos.Simulation, c *idem.Config) {
		c.Observe = func(idem.Event) { w.Observed() }
	},
	"key provider": func(w *chaos.Simulation, c *idem.Config) {
		c.Authorize = func(ctx context.Context, h http.Header) error {
			h.Set("Authorization", w.Credentials())
			return w.Callback(ctx, "key provider")
		}
	},
	"transport": func(w *chaos.Simulation, c *idem.Config) {
		c.Transport = panicking{w, c.Transport}
	},
	"journal": func(w *chaos.Simulation, c *idem.Config) {
		c.Journal = &faultyJournal{kept(c.Journal), w}
	},
	"store": func(w *chaos.Simulation, c *idem.Config) {
		c.Journal = &awayJournal{kept(c.Journal), w}
	},
}

// panicking is a transport that goes wrong before or after it has sent.
type panicking struct {
	w    *chaos.Simulation
	base http.RoundTripper
}

func (p panicking) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := p.w.Callback(r.Context(), "transport before"); err != nil {
		return nil, err
	}
	resp, err := p.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if err := p.w.Callback(r.Context(), "transport after"); err != nil {
		_ = resp.Body.Close()
		return nil, err
	}
	return resp, nil
}
