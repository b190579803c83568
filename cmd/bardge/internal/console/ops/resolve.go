package ops

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/cmd/bardge/internal/journalcmd"
	"github.com/bardge/bardge-go/idem"
)

// resolveView is the form with which a person reports what became of an
// operation.
type resolveView struct {
	oneView

	Form      form
	Wrong     map[string]string // what is wrong with a field
	Objection *objection
	// Shown is what the API shows, before a person confirms.
	Shown apiShown
	// Tried is what recording it would do.
	Tried journalcmd.Rehearsed
	// NotBefore is from when it can be reported as not executed; zero: now.
	NotBefore time.Time
	// Seen is the record's state that the form shows.
	Seen string
}

// Correcting returns the report that this one would correct; nil: there is none.
func (v resolveView) Correcting() *report {
	if !v.ByPerson || len(v.Reports) == 0 {
		return nil
	}
	return &v.Reports[len(v.Reports)-1]
}

// form is what a person has entered.
type form struct {
	Word       string // "executed" or "not"
	Made       string
	By, Note   string
	Unverified bool
}

func (f form) executed() bool { return f.Word == "executed" }

func readForm(r *http.Request) form {
	return form{
		Word: r.PostFormValue("word"), Made: strings.TrimSpace(r.PostFormValue("made")),
		By: strings.TrimSpace(r.PostFormValue("by")), Note: strings.TrimSpace(r.PostFormValue("note")),
		Unverified: r.PostFormValue("unverified") != "",
	}
}

// check returns what is wrong with each field.
func (f form) check() map[string]string {
	wrong := map[string]string{}
	if f.Word != "executed" && f.Word != "not" {
		wrong["word"] = "Choose what you found."
	}
	if f.Word == "not" && f.Made != "" {
		wrong["made"] = "What was not executed made nothing: leave this empty."
	}
	if len(f.Made) > maxMade {
		wrong["made"] = "This is longer than an id."
	}
	switch {
	case f.By == "":
		wrong["by"] = "Enter who reports it."
	case len(f.By) > idem.MaxResolutionBy:
		wrong["by"] = "This is longer than 200 bytes."
	}
	if len(f.Note) > idem.MaxResolutionNote {
		wrong["note"] = "This is longer than 2,000 bytes."
	}
	return wrong
}

const maxMade = 1024 // bytes

// seenOf describes a record's state as far as a resolution depends on it.
func seenOf(e *journalcmd.Entry) string {
	parts := []string{strconv.Itoa(e.Generation), e.State, strconv.Itoa(len(e.Resolutions))}
	if n := len(e.Resolutions); n > 0 {
		parts = append(parts, e.Resolutions[n-1].At)
	}
	return strings.Join(parts, " ")
}

// askResolution shows the form.
func (p *pages) askResolution(w http.ResponseWriter, r *http.Request) error {
	v, err := p.resolvable(r)
	if err != nil {
		return err
	}
	v.Form = lastForm(v.Entry)
	return p.showForm(w, r, http.StatusOK, v)
}

// lastForm returns what a person has reported last, to be corrected; who
// corrects it is another question.
func lastForm(e *journalcmd.Entry) form {
	if !e.ByPerson || len(e.Resolutions) == 0 {
		return form{}
	}
	last := e.Resolutions[len(e.Resolutions)-1]
	f := form{Word: "not", Made: last.ID, Note: last.Note}
	if last.Executed {
		f.Word = "executed"
	}
	return f
}

func (p *pages) showForm(w http.ResponseWriter, r *http.Request, status int, v resolveView) error {
	v.NotBefore = p.notBefore(r.Context(), v.oneView)
	return p.site.Show(w, web.Page{
		Title: "Resolve " + v.Name, Section: listPath, Template: p.resolve, Data: v, Status: status,
	})
}

// resolvable returns the form for an operation, where resolving is allowed.
func (p *pages) resolvable(r *http.Request) (resolveView, error) {
	one, err := p.view(r)
	if err != nil {
		return resolveView{}, err
	}
	if !p.site.AllowsWrites() {
		return resolveView{}, readOnly(one)
	}
	return resolveView{oneView: one, Seen: seenOf(one.Entry), Wrong: map[string]string{}}, nil
}

// notBefore returns from when an operation can be reported as not executed; zero
// where that is now, or never.
func (p *pages) notBefore(ctx context.Context, v oneView) time.Time {
	if !v.MayResolve || v.State != "open" {
		return time.Time{}
	}
	_, err := p.book.Rehearse(ctx, v.ID, journalcmd.Resolution{Generation: v.Generation})
	early, ok := errors.AsType[*idem.RecordError](err)
	if !ok || !errors.Is(err, idem.ErrMayBeExecuting) || early.Until.IsZero() {
		return time.Time{}
	}
	return early.Until.Add(time.Second - 1).Truncate(time.Second) // pages show whole seconds
}

func readOnly(v oneView) error {
	return &web.Error{
		Status: http.StatusForbidden, Title: "Read only",
		Text: "This console is read only. Start it with --allow-writes to change something.",
		Back: v.Address, BackText: "Back to the operation",
	}
}

// takeResolution takes the form: first it asks for a confirmation, on a page
// that shows what the API shows, then it records.
func (p *pages) takeResolution(w http.ResponseWriter, r *http.Request) error {
	v, err := p.resolvable(r)
	if err != nil {
		return err
	}
	v.Form = readForm(r)
	v.Wrong = v.Form.check()
	seen := r.PostFormValue("seen")
	switch {
	case len(v.Wrong) > 0:
		return p.showForm(w, r, http.StatusUnprocessableEntity, v)
	case seen != v.Seen:
		v.Objection = &objection{
			Text: "Nothing was recorded: the operation has changed since this page was opened.",
			Next: "Its state is shown anew. Check that your report is still right.",
		}
		return p.showForm(w, r, http.StatusConflict, v)
	case r.PostFormValue("change") != "":
		return p.showForm(w, r, http.StatusOK, v)
	case r.PostFormValue("confirmed") == "":
		return p.confirmResolution(w, r, v)
	}
	ctx, cancel := whole(r, changeTime)
	defer cancel()
	if err := p.book.Resolve(ctx, v.ID, v.resolution()); err != nil {
		return p.refuse(w, r, v, err)
	}
	http.Redirect(w, r, v.Address+"&done=recorded", http.StatusSeeOther)
	return nil
}

func (v resolveView) resolution() journalcmd.Resolution {
	return journalcmd.Resolution{
		Executed: v.Form.executed(), ID: v.Form.Made, By: v.Form.By, Note: v.Form.Note,
		Generation: v.Generation, Unverified: v.Form.Unverified,
	}
}

// confirmResolution shows what will be recorded. What the API shows is read
// first, and may contradict it; what would be refused is refused here.
func (p *pages) confirmResolution(w http.ResponseWriter, r *http.Request, v resolveView) error {
	if v.MayAsk && v.NoAPI == "" {
		v.Shown = p.look(r.Context(), v.oneView)
		if v.Shown.Done && !v.Form.executed() {
			err := &journalcmd.ContradictionError{ID: v.Shown.ID, Evidence: v.Shown.Evidence}
			return p.refuse(w, r, v, err)
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), lookTime)
	defer cancel()
	var err error
	if v.Tried, err = p.book.Rehearse(ctx, v.ID, v.resolution()); err != nil {
		return p.refuse(w, r, v, err)
	}
	return p.show(w, p.confirm, "Confirm", v)
}

// refuse shows the form again, with the record as it is now and why nothing was
// recorded.
func (p *pages) refuse(w http.ResponseWriter, r *http.Request, v resolveView, err error) error {
	now, again := p.resolvable(r)
	if again != nil {
		return again
	}
	now.Form, now.Objection = v.Form, newObjection(err)
	status := http.StatusConflict
	if now.Objection.Next == "" {
		status = http.StatusBadGateway
	}
	return p.showForm(w, r, status, now)
}
