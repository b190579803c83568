package live

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
)

// outageTime is how long the button takes the sandbox off the network.
const outageTime = 30 * time.Second

// action steers the sandbox as a form asks.
type action func(ctx context.Context, form url.Values) error

// actions are the page's buttons, by the last part of their path.
func (p *pages) actions() map[string]action {
	s := p.sandbox
	return map[string]action{
		"lose": func(ctx context.Context, form url.Values) error {
			return s.steer(ctx, http.MethodPost, "faults",
				newFaults{[]newFault{{form.Get("operation"), "lose-response"}}})
		},
		"spare": func(ctx context.Context, _ url.Values) error {
			return s.steer(ctx, http.MethodDelete, "faults", nil)
		},
		"down": func(ctx context.Context, _ url.Values) error {
			return s.steer(ctx, http.MethodPut, "outage", map[string]string{"for": outageTime.String()})
		},
		"up": func(ctx context.Context, _ url.Values) error {
			return s.steer(ctx, http.MethodDelete, "outage", nil)
		},
		"forget": func(ctx context.Context, _ url.Values) error {
			return s.steer(ctx, http.MethodPost, "reset", map[string][]string{"parts": {"keys"}})
		},
		"advance": func(ctx context.Context, form url.Values) error {
			by := form.Get("by")
			if !slices.Contains(steps(), by) {
				return fmt.Errorf("the clock does not advance by %q", by)
			}
			return s.steer(ctx, http.MethodPost, "clock/advance", map[string]string{"by": by})
		},
		"reset": func(ctx context.Context, _ url.Values) error {
			return s.steer(ctx, http.MethodPost, "reset", struct{}{})
		},
	}
}

// steps are by how much the clock is advanced.
func steps() []string { return []string{"10s", "91s", "1h", "24h"} }

// Steps are the choices of the form.
func (view) Steps() []string { return steps() }

// did are what the actions have done, in words.
var did = map[string]string{
	"lose":    "The next response is lost: the operation is executed, and the connection reset.",
	"spare":   "No fault waits any more.",
	"down":    "The sandbox is off the network for 30 s of its clock.",
	"up":      "The sandbox is back on the network.",
	"forget":  "All idempotency keys are forgotten, as after their window.",
	"advance": "The sandbox's clock was advanced.",
	"reset":   "Data, keys, ledger, faults, outage and settings are as at the start.",
}

// steers answers a button. With htmx, what it has done is shown in place; else a
// redirect leads back to the page, so that reloading it does nothing again.
func (p *pages) steers(name string, do action) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := r.ParseForm(); err != nil {
			return web.Invalid("The form cannot be read.")
		}
		err := do(r.Context(), r.PostForm)
		p.watcher.poke()
		n := notice{Text: did[name], Focus: name == "spare" || name == "up"}
		if err != nil {
			n = notice{Text: "The sandbox was not changed: " + err.Error(), Failed: true}
		}
		switch {
		case r.Header.Get("Hx-Request") != "":
			return p.site.ShowPart(w, p.page, "notice", n)
		case err != nil:
			return p.showWith(w, r, http.StatusConflict, n)
		default:
			http.Redirect(w, r, path+"?did="+name, http.StatusSeeOther)
			return nil
		}
	}
}
