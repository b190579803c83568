package doctor

import (
	"cmp"
	"context"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// issueTwice issues a pass and sends the same request again under the same key.
// The error is the one of an operation that may have been executed, or was
// refused.
func (r *run) issueTwice(ctx context.Context) error {
	if r.Issue == nil {
		return nil
	}
	first := r.issue(ctx, r.Issue.Key)
	r.write = &Write{
		Operation: string(gen.OpIssuePass), Outcome: first.Outcome, Key: r.Issue.Key.String(), ID: first.ID,
	}
	if first.Err != nil {
		return r.writeFailed(first)
	}
	r.IDs["IssuedPassID"] = cmp.Or(r.IDs["IssuedPassID"], first.ID)
	r.IDs["ClientID"] = cmp.Or(r.IDs["ClientID"], r.Issue.ClientID)

	again := r.issue(ctx, first.Key)
	r.write.Repeated, r.write.Replayed = again.Status != 0 && !again.FromJournal, again.Replayed
	if again.Err != nil {
		return r.writeFailed(again)
	}
	if r.write.SameID = again.ID == first.ID; !r.write.SameID {
		r.write.SecondID = again.ID
	}
	return nil
}

func (r *run) issue(ctx context.Context, key idem.Key) *Call {
	c := r.Issue.Send(r.path.Trace(ctx), key)
	r.note(&c, gen.OpIssuePass)
	return &c
}

// writeFailed keeps what is needed to resume an operation.
func (r *run) writeFailed(c *Call) error {
	r.write.Error, r.write.SafeUntil = c.Err.Error(), c.SafeUntil
	return callError{c}
}

// verdict is what the write has shown. A response without a pass differs; a
// repetition without a replay mark or with another id may have been executed
// again.
func (w *Write) verdict() Verdict {
	switch {
	case w == nil:
		return NotTried
	case !w.Repeated && w.Outcome == idem.OutcomeDone && w.ID == "": // its response has another form
		return Differs
	case !w.Repeated:
		return NotTried
	case w.Replayed && w.SameID:
		return Confirmed
	default:
		return Differs
	}
}

func (w *Write) rows() []Row {
	if w == nil {
		return nil
	}
	row := Row{Verdict: string(w.verdict()), Subject: w.Operation, Seen: w.seen()}
	row.Below = append(row.Below, "key: "+w.Key)
	if w.ID != "" {
		row.Below = append(row.Below, "id: "+sdk.Printable(w.ID))
	}
	if w.SecondID != "" {
		row.Below = append(row.Below, "second id: "+sdk.Printable(w.SecondID),
			"Keys protect nothing at this server: change nothing before the vendor has explained it.")
	}
	if !w.SafeUntil.IsZero() && w.Outcome != idem.OutcomeRejected {
		row.Below = append(row.Below, "safe until: "+w.SafeUntil.UTC().Format(time.RFC3339))
	}
	return []Row{row}
}

func (w *Write) seen() string {
	switch {
	case w.Outcome == idem.OutcomeRejected && !w.Repeated:
		return "its repetition was not tried: " + w.Error
	case w.Error != "":
		return w.Error
	case !w.Repeated:
		return w.Outcome.String() + "; not sent again: the journal has its result"
	case w.Replayed && w.SameID:
		return "executed once; its repetition under the same key brought the first response, with the replay mark"
	case w.SameID:
		return "its repetition under the same key brought the same id, but no replay mark"
	default:
		return "its repetition under the same key brought another id: the operation was executed again"
	}
}
