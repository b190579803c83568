package journalcmd

import (
	"strconv"
	"strings"
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/internal/timeline"
)

// Picture returns the operation's history for a picture and its table. It has no
// key: an operation without a ref, whose id is the key, has no name in it.
func (v *view) Picture() timeline.Timeline {
	t := timeline.Timeline{Title: v.Operation, Subject: v.Ref, Outcome: v.outcome()}
	for _, s := range v.moments() {
		t.Steps = append(t.Steps, s.picture())
	}
	if v.LastAttempt == "" && v.Attempts > 0 && !v.ByPerson {
		t.Steps = append(t.Steps, v.untimed())
	}
	if v.Owned {
		t.Steps = append(t.Steps, timeline.Step{
			Number: v.Attempts + 1, Kind: timeline.Running, Detail: "a call works on it", Untimed: true,
		})
	}
	if v.SafeUntil != "" && !v.stored {
		t.Window = timeline.Window{
			Start: ParseStamp(v.Since), End: ParseStamp(v.SafeUntil), Text: "The key protects a repetition",
		}
	}
	if v.State == "open" {
		t.Until = v.until(t.Window.End)
	}
	if v.Attempts > 1 {
		t.Notes = append(t.Notes, strconv.Itoa(v.Attempts)+" attempts; the journal keeps only the last.")
	}
	if v.Sealed != "" {
		t.Notes = append(t.Notes, "Not all is shown: "+v.Sealed+".")
	}
	if v.RequestID != "" {
		t.Notes = append(t.Notes, "The vendor's request id is "+v.RequestID+".")
	}
	return t
}

// until returns how far the picture of an open operation goes: to the end of the
// key's window or, if that is past, to the present.
func (v *view) until(end time.Time) time.Time {
	now := ParseStamp(v.Since).Add(time.Duration(v.AgeSeconds) * time.Second)
	if end.After(now) {
		return end
	}
	return now
}

// untimed returns the last attempt of an operation whose record has its result,
// but not when it ended.
func (v *view) untimed() timeline.Step {
	s := timeline.Step{
		Number: v.Attempts, Kind: timeline.Unclear, Status: v.Status, Untimed: true,
		Detail: "the journal does not have when",
	}
	if v.State == "done" {
		s.Kind = timeline.Done
	}
	return s
}

// outcome returns the outcome in words.
func (v *view) outcome() timeline.Outcome {
	var known idem.Outcome
	_ = known.UnmarshalText([]byte(v.Outcome)) // unknown is its zero value
	o := sdk.OutcomePicture(known)
	switch {
	case v.State == "reserved":
		o = timeline.Outcome{
			Kind: timeline.NotSent, Word: v.State, Text: "It is recorded to be sent, and was never sent.",
		}
	case v.ByPerson:
		if known == idem.OutcomeRejected { // by no server
			o.Word = "not executed"
		}
		o.Text = "By a person's word: " + strings.ToLower(o.Text[:1]) + o.Text[1:]
	}
	return o
}

// picture returns a moment as a step of a picture.
func (s moment) picture() timeline.Step {
	drawn := timeline.Step{Kind: timeline.Moment, Detail: s.What, Start: ParseStamp(s.At)}
	if s.attempt > 0 {
		drawn.Number, drawn.Kind, drawn.Status, drawn.Detail = s.attempt, s.kind, s.status, s.reason
		drawn.Untimed = true // the journal has its end
	}
	return drawn
}

// lastKind returns what the last attempt brought, as far as the record shows.
func (v *view) lastKind() timeline.Kind {
	switch {
	case v.Outcome == idem.OutcomeNotSent.String():
		return timeline.NotSent
	case v.Status == 0 && sdk.TimedOut(v.Reason):
		return timeline.TimedOut
	case v.Status == 0:
		return timeline.Lost
	case v.Outcome == idem.OutcomeRejected.String() && !v.ByPerson:
		return timeline.Rejected
	case v.Status < 300:
		return timeline.Lost // or it would not be recorded as the last
	default:
		return timeline.Unclear
	}
}
