package ops

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/cmd/bardge/internal/journalcmd"
	"github.com/bardge/bardge-go/idem"
)

// sendView is the page that asks before an operation is sent.
type sendView struct {
	oneView

	Objection *objection
}

// askSend asks whether the operation is to be sent.
func (p *pages) askSend(w http.ResponseWriter, r *http.Request) error {
	v, err := p.sendable(r)
	if err != nil {
		return err
	}
	return p.showSend(w, http.StatusOK, v)
}

func (p *pages) sendable(r *http.Request) (sendView, error) {
	one, err := p.view(r)
	if err == nil && !p.site.AllowsWrites() {
		err = readOnly(one)
	}
	return sendView{oneView: one}, err
}

func (p *pages) showSend(w http.ResponseWriter, status int, v sendView) error {
	return p.site.Show(w, web.Page{
		Title: "Send " + v.Name, Section: listPath, Template: p.send, Data: v, Status: status,
	})
}

// takeSend has recovery send the operation. Where that is not safe any more, it
// sends nothing, whatever the page has shown.
func (p *pages) takeSend(w http.ResponseWriter, r *http.Request) error {
	v, err := p.sendable(r)
	if err != nil {
		return err
	}
	if !v.MaySend {
		v.Objection = &objection{
			Text: "Nothing was sent: it can no longer be sent safely.", Next: "Its present state is shown below.",
		}
		return p.showSend(w, http.StatusConflict, v)
	}
	ctx, cancel := whole(r, sendTime)
	defer cancel()
	sent, err := p.book.Send(ctx, v.ID)
	switch {
	case errors.Is(err, journalcmd.ErrNotTaken):
		return p.refuseSend(w, r, http.StatusConflict, "a call is under way, or it is settled")
	case err != nil:
		return shown(err)
	case sent.Outcome == idem.OutcomeNotSent:
		return p.refuseSend(w, r, http.StatusBadGateway, plain(sent.Reason))
	}
	http.Redirect(w, r, v.Address+"&done="+strings.ReplaceAll(sent.Outcome.String(), " ", "-"), http.StatusSeeOther)
	return nil
}

// refuseSend shows the question again, with the record as it is now.
func (p *pages) refuseSend(w http.ResponseWriter, r *http.Request, status int, why string) error {
	v, err := p.sendable(r)
	if err != nil {
		return err
	}
	v.Objection = &objection{Text: "Nothing was sent: " + why + "."}
	return p.showSend(w, status, v)
}

// How long a change takes at most, with what is read or sent for it. A person
// waits for a sending, which can be repeated.
const (
	changeTime = time.Minute
	sendTime   = 15 * time.Second
)

// whole returns a context for a change, which does not end when the browser
// goes: half a change is worth less than either.
func whole(r *http.Request, limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(r.Context()), limit)
}
