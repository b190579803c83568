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
	ctx, cancel := whole(r)
	defer cancel()
	sent, err := p.book.Send(ctx, v.ID)
	switch {
	case errors.Is(err, journalcmd.ErrNotTaken):
		return p.refuseSend(w, r, http.StatusConflict, err.Error())
	case err != nil:
		return shown(err)
	case sent.Outcome == idem.OutcomeNotSent:
		return p.refuseSend(w, r, http.StatusBadGateway, sent.Reason)
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

// changeTime is how long a change takes at most, with what is read or sent for
// it.
const changeTime = time.Minute

// whole returns a context for a change, which does not end when the browser
// goes: half a change is worth less than either.
func whole(r *http.Request) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(r.Context()), changeTime)
}
