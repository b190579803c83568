package ops

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/cmd/bardge/internal/journalcmd"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// need is who or what closes an operation.
type need string

const (
	needNothing need = "nothing" // it is settled
	needPerson  need = "person"
	needSend    need = "send"
	needCall    need = "call"
	needSecret  need = "secret"
)

func needOf(e *journalcmd.Entry) need {
	switch {
	case e.State == "done" || e.State == "free":
		return needNothing
	case e.Owned:
		return needCall
	case e.Sealed != "":
		return needSecret
	case e.MaySend:
		return needSend
	default:
		return needPerson
	}
}

// Text is what a page shows.
func (n need) Text() string {
	switch n {
	case needPerson:
		return "Needs a person"
	case needSend:
		return "Can be sent again"
	case needCall:
		return "A call is under way"
	case needSecret:
		return "Sealed"
	default:
		return "Nothing to do"
	}
}

// Class is the tag's class in the stylesheet.
func (n need) Class() string {
	return map[need]string{needPerson: "warn", needSend: "good", needCall: "other"}[n]
}

// shown returns an error of the journal as a page shows it.
func shown(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, idem.ErrOperationNotFound):
		return notFound()
	default:
		return &web.Error{
			Status: http.StatusInternalServerError, Title: "The journal could not be read", Text: reason(err),
			Back: listPath, BackText: "All open operations",
		}
	}
}

// reason returns an error's words without the operation's id, which may be a
// key.
func reason(err error) string {
	record, ok := errors.AsType[*idem.RecordError](err)
	if !ok {
		return err.Error()
	}
	text := record.Err.Error()
	if !record.Until.IsZero() {
		text += " until " + record.Until.UTC().Format("15:04:05 UTC") + " at least"
	}
	return text
}

// unread returns why the API could not be read, in the words of the call that
// failed. What is around them states no more than that.
func unread(err error) string {
	text := reason(err)
	if failed, ok := errors.AsType[*idem.Failure](err); ok && failed.Err != nil {
		text = failed.Err.Error()
	}
	text, _, _ = strings.Cut(text, "; ") // why there was no further attempt
	return text
}

// plain returns the engine's words for why a call ended as people say it.
func plain(reason string) string {
	return strings.NewReplacer(
		"the next attempt would come after the caller's deadline", "there was no time for another attempt",
		"the caller's context ended", "the call was given up",
	).Replace(reason)
}

// objection is why a change was refused, with what to do. Without the latter it
// was not refused for the record's state: something failed.
type objection struct {
	Text, Next string
}

func newObjection(err error) *objection {
	o := &objection{Text: "Nothing was recorded: " + reason(err) + "."}
	contradiction, contradicts := errors.AsType[*journalcmd.ContradictionError](err)
	switch {
	case contradicts && contradiction.ID != "":
		o.Next = fmt.Sprintf("Resolve it as executed, with the id %s.", contradiction.ID)
	case contradicts:
		o.Next = "Resolve it as executed."
	case errors.Is(err, idem.ErrNotVerified):
		o.Next = "Check the id. If the API cannot be read, and you are sure, choose to believe it unread."
	case errors.Is(err, idem.ErrMayBeExecuting):
		o.Next = "A request may still be under way. Check again at the vendor after that time, then report it again."
	case errors.Is(err, idem.ErrAlreadyResolved):
		o.Next = "The API's own response proves another outcome: the record is right."
	case errors.Is(err, idem.ErrOtherGeneration):
		o.Next = "Its ref was used again meanwhile. What is shown now is the later operation: begin anew."
	case errors.Is(err, journal.ErrResourceTaken):
		o.Next = "Another operation of the journal made what this id names. Check which of the two did."
	}
	return o
}
