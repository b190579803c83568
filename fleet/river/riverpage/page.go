// Package riverpage serves River's own page (riverqueue.com/riverui) of a fleet,
// for a program's internal pages, behind the program's own authentication.
//
// River's page has none, and shows the jobs' arguments and outputs. It is a
// program in the browser, which makes styles there: a Content-Security-Policy for
// it needs style-src 'unsafe-inline', but no inline script. "bardge console
// --river" serves it so.
package riverpage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"riverqueue.com/riverui"
)

// Options are how the page is served. Authenticate has to be set.
type Options struct {
	// Prefix is where the page is, such as "/river", without a slash at its end.
	// Empty: at the root.
	Prefix string
	// Authenticate wraps the page, and lets through whom the program knows.
	Authenticate func(http.Handler) http.Handler
	// AllowWrites lets the page retry, cancel and delete jobs and pause queues.
	// Retrying is safe, since a job's ref stays the same. Otherwise requests other
	// than GET and HEAD are refused.
	AllowWrites bool
	// Logger gets the page's own errors; nil: none does.
	Logger *slog.Logger
}

// New returns the page of the client's queue, which ends with ctx. Mount it at
// Options.Prefix + "/".
func New(ctx context.Context, client *river.Client[pgx.Tx], o Options) (http.Handler, error) {
	switch {
	case client == nil:
		return nil, errors.New("riverpage: New needs a client")
	case o.Authenticate == nil:
		return nil, errors.New("riverpage: Authenticate is not set, and the page has no authentication of its own")
	case o.Prefix != "" && (!strings.HasPrefix(o.Prefix, "/") || strings.HasSuffix(o.Prefix, "/")):
		return nil, errors.New("riverpage: Prefix begins with a slash, and has none at its end")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	page, err := riverui.NewHandler(&riverui.HandlerOpts{
		Endpoints: riverui.NewEndpoints(client, nil), Logger: o.Logger, Prefix: o.Prefix,
		JobListHideArgsByDefault: true,
	})
	if err != nil {
		return nil, fmt.Errorf("riverpage: %w", err)
	}
	if err := page.Start(ctx); err != nil {
		return nil, fmt.Errorf("riverpage: %w", err)
	}
	// A page of another site must change nothing with a person's cookies.
	return o.Authenticate(http.NewCrossOriginProtection().Handler(guard(page, o.AllowWrites))), nil
}

// guard refuses what would change something, unless it is allowed, and keeps the
// page from other sites.
func guard(page http.Handler, allowWrites bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !allowWrites && r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "this page changes nothing", http.StatusForbidden)
			return
		}
		w.Header().Set("X-Frame-Options", "DENY")
		w.Header().Set("Cache-Control", "no-store")
		own := r.Clone(r.Context())
		own.Header.Del("Origin") // the page would let each site read it
		page.ServeHTTP(w, own)
	})
}
