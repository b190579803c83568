package sdk

import (
	"strings"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/timeline"
)

// TimelineSVG returns a call's history as a picture. The id is the vendor's of
// the last response, "" where it has none; the vendor remembers a key for
// memory.
func TimelineSVG(operation, requestID string, r *idem.Result, memory time.Duration) string {
	t := timeline.Timeline{
		Title: operation, Outcome: OutcomePicture(r.Outcome),
		Steps: make([]timeline.Step, len(r.Attempts)), Window: keyWindow(r.Attempts, memory),
	}
	if r.Outcome == idem.OutcomeUnknown {
		t.Until = t.Window.End
	}
	if requestID != "" {
		t.Subject = "request " + Printable(requestID)
	}
	for i, a := range r.Attempts {
		t.Steps[i] = timeline.Step{
			Number: i + 1, Kind: kindOf(a), Status: a.Status, Detail: a.Reason,
			Start: a.Start, Took: a.Duration, Wait: a.Wait,
		}
	}
	switch {
	case r.FromJournal:
		t.Notes = append(t.Notes, "Nothing was sent: the journal has the result.")
	case r.Recovered:
		t.Notes = append(t.Notes, "The response was lost; its value was read from the API.")
	}
	if r.RecordErr != nil {
		t.Notes = append(t.Notes, "The journal could not be read or written.")
	}
	return t.SVG()
}

// OutcomePicture returns an outcome as pictures show it.
func OutcomePicture(o idem.Outcome) timeline.Outcome {
	switch o {
	case idem.OutcomeDone:
		return timeline.Outcome{Kind: timeline.Done, Word: o.String(), Text: "The operation was executed."}
	case idem.OutcomeRejected:
		return timeline.Outcome{Kind: timeline.Rejected, Word: o.String(), Text: "The operation was not executed."}
	case idem.OutcomeNotSent:
		return timeline.Outcome{Kind: timeline.NotSent, Word: o.String(), Text: "No byte of the operation was sent."}
	default:
		return timeline.Outcome{
			Kind: timeline.Unclear, Word: o.String(),
			Text: "The operation may have been executed. Do not repeat it under another key.",
		}
	}
}

// kindOf returns what an attempt brought.
func kindOf(a idem.Attempt) timeline.Kind {
	switch {
	case a.Verdict == idem.VerdictNothingSent:
		return timeline.NotSent
	case a.Verdict == idem.VerdictResponseLost:
		return timeline.Lost
	case a.Status == 0 && TimedOut(a.Reason):
		return timeline.TimedOut
	case a.Status == 0:
		return timeline.Lost
	case a.Verdict == idem.VerdictAmbiguous:
		return timeline.Unclear
	case a.Verdict == idem.VerdictRejected, a.Verdict == idem.VerdictRejectedStored, a.Verdict == idem.VerdictKeyReused:
		return timeline.Rejected
	case a.Replayed:
		return timeline.Replayed
	default:
		return timeline.Done
	}
}

// TimedOut reports whether a reason, which is one of fixed words, is a limit of
// time.
func TimedOut(reason string) bool {
	return strings.Contains(reason, "timed out") || strings.Contains(reason, "deadline")
}

// keyWindow returns how long the server remembers the key, from its first byte
// on.
func keyWindow(attempts []idem.Attempt, memory time.Duration) timeline.Window {
	for _, a := range attempts {
		if a.KeyAge > 0 {
			since := a.Start.Add(a.Duration - a.KeyAge)
			return timeline.Window{Start: since, End: since.Add(memory), Text: "The server remembers the key"}
		}
	}
	return timeline.Window{}
}
