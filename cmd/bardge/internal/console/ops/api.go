package ops

import (
	"context"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/cmd/bardge/internal/journalcmd"
)

// apiView is what the API shows of an operation.
type apiView struct {
	oneView

	Shown apiShown
}

// apiShown is the answer to reading the API.
type apiShown struct {
	journalcmd.Reading

	// Why is why nothing was read; empty: it was.
	Why string
	// Early: nothing that was sent is sure to have ended.
	Early bool
	At    time.Time
}

// lookTime is how long the API is read at most.
const lookTime = time.Minute

// settledAfter is how long after the intent what was sent may still be executed.
const settledAfter = 200 * time.Second

// showAPI reads the API, which changes nothing: it is a GET, and allowed in a
// console that is read only. It is a page of its own, or a part of the
// operation's with htmx.
func (p *pages) showAPI(w http.ResponseWriter, r *http.Request) error {
	v, err := p.view(r)
	if err != nil {
		return err
	}
	a := apiView{oneView: v}
	if r.Method == http.MethodGet { // a HEAD reads nothing
		a.Shown = p.look(r.Context(), v)
	}
	return p.show(w, p.api, v.Name, a)
}

func (p *pages) look(ctx context.Context, v oneView) apiShown {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	s := apiShown{At: time.Now(), Early: v.Age < settledAfter}
	if !v.MayAsk {
		s.Why = "the operation is not open, and its request is not kept."
		return s
	}
	found, err := p.book.Look(ctx, v.ID)
	if err != nil {
		s.Why = unread(err) + "."
	}
	s.Reading = found
	return s
}
