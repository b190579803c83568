package bardge

import (
	"cmp"
	"context"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/doctor"
	"github.com/bardge/bardge-go/internal/sdk"
)

// checkWriteTimeout bounds each request of a write with its repetitions, so that
// both are sent while the server remembers the key.
const checkWriteTimeout = 30 * time.Second

// issueTwice issues a pass and sends the same request again under the same key.
// The error is the one of an operation that may have been executed, or was
// refused.
func (r *checkRun) issueTwice(ctx context.Context) error {
	if len(r.opts.AllowWrites) == 0 {
		return nil
	}
	key := r.opts.Key
	if key.IsZero() {
		key = NewKey()
	}
	pass, resp, err := r.issue(ctx, key)
	r.write = &CheckedWrite{Operation: string(gen.OpIssuePass), Outcome: resp.Outcome, Key: key.String()}
	if pass != nil {
		r.write.ID = pass.ID
	}
	if err != nil {
		return r.writeFailed(err)
	}
	r.opts.IssuedPassID = cmp.Or(r.opts.IssuedPassID, pass.ID)
	r.opts.ClientID = cmp.Or(r.opts.ClientID, r.opts.IssuePass.ClientID)

	again, resp, err := r.issue(ctx, resp.Key)
	r.write.Repeated, r.write.Replayed = resp.StatusCode != 0 && !resp.FromJournal, resp.Replayed
	if again != nil && again.ID != pass.ID {
		r.write.SecondID = again.ID
	}
	r.write.SameID = again != nil && again.ID == pass.ID
	if err != nil {
		return r.writeFailed(err)
	}
	return nil
}

func (r *checkRun) issue(ctx context.Context, key Key) (*IssuedPass, *Response, error) {
	pass, resp, err := r.client.IssuedPasses.Issue(r.path.Trace(ctx), r.opts.IssuePass,
		WithIdempotencyKey(key), WithTimeout(checkWriteTimeout))
	_ = r.note(gen.OpIssuePass, resp, err) // the caller has err
	return pass, resp, err
}

// writeFailed keeps what is needed to resume an operation.
func (r *checkRun) writeFailed(err error) error {
	if e := asError(err); e != nil {
		r.write.Error, r.write.SafeUntil = e.Error(), e.SafeUntil
	}
	return err
}

// verdict is what the write has shown. A response without a pass differs; a repetition without a replay mark or
// with another id may have been executed again.
func (w *CheckedWrite) verdict() CheckVerdict {
	switch {
	case w == nil:
		return CheckNotTried
	case !w.Repeated && w.Outcome == OutcomeDone && w.ID == "": // its response has another form
		return CheckDiffers
	case !w.Repeated:
		return CheckNotTried
	case w.Replayed && w.SameID:
		return CheckConfirmed
	default:
		return CheckDiffers
	}
}

func (w *CheckedWrite) rows() []doctor.Row {
	if w == nil {
		return nil
	}
	row := doctor.Row{Verdict: string(w.verdict()), Subject: w.Operation, Seen: w.seen()}
	row.Below = append(row.Below, "key: "+w.Key)
	if w.ID != "" {
		row.Below = append(row.Below, "id: "+sdk.Printable(w.ID))
	}
	if w.SecondID != "" {
		row.Below = append(row.Below, "second id: "+sdk.Printable(w.SecondID),
			"Keys protect nothing at this server: change nothing before the vendor has explained it.")
	}
	if !w.SafeUntil.IsZero() && w.Outcome != OutcomeRejected {
		row.Below = append(row.Below, "safe until: "+w.SafeUntil.UTC().Format(time.RFC3339))
	}
	return []doctor.Row{row}
}

func (w *CheckedWrite) seen() string {
	switch {
	case w.Outcome == OutcomeRejected && !w.Repeated:
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
