package ops

import (
	"net/http"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
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
	outcome, err := p.book.Send(r.Context(), v.ID)
	if err != nil && (isConflict(err) || outcome == idem.OutcomeNotSent) {
		if v, again := p.sendable(r); again == nil {
			v.Objection = &objection{Text: "Nothing was sent: " + reason(err) + "."}
			return p.showSend(w, http.StatusConflict, v)
		}
	}
	done := "sent"
	if outcome == idem.OutcomeUnknown {
		done = "open"
	}
	http.Redirect(w, r, v.Address+"&done="+done, http.StatusSeeOther)
	return nil
}
