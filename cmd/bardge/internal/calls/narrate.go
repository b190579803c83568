package calls

import (
	"errors"
	"strings"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// narrate prints to standard error what data does not show, and an error does
// not either.
func (i *invocation[C, O, R]) narrate(went course, err error) {
	if i.flags.timeline && went.timeline != "" {
		i.app.NoteData(strings.TrimRight(went.timeline, "\n"), timeline(went.attempts))
	}
	unrecorded := errors.Is(err, idem.ErrResponseLost) && !errors.Is(err, idem.ErrResponseIncomplete)
	switch {
	case went.fromJournal && unrecorded: // there is none
	case went.fromJournal:
		i.app.Note("This is the recorded result; nothing was sent.")
	case err != nil: // which says what is known
	case went.replayed:
		i.app.Note("The API had stored this response; nothing was executed again.")
	case went.recovered:
		i.app.Note("The response was lost; the result was read from the API.")
	}
	if went.recordErr != nil && len(went.attempts) > 0 { // else there is no result, and the error names the cause
		i.app.Note("Warning: the journal does not have the result: %v", went.recordErr)
	}
	if words := driftWords(went.drift, err != nil); words != "" {
		i.app.Note("Warning: the response differs from the contract: %s", words)
	}
}

// attempt is one of a call's attempts, for JSON output. Times are in seconds.
type attempt struct {
	Number   int       `json:"number"`
	Start    time.Time `json:"start"`
	Duration float64   `json:"duration"`
	Status   int       `json:"status,omitempty"` // none came
	Reason   string    `json:"reason"`
	Verdict  string    `json:"verdict"`
	Replayed bool      `json:"replayed,omitempty"`
	Wait     float64   `json:"wait,omitempty"` // that followed
}

// timeline returns a call's attempts as data.
func timeline(attempts []idem.Attempt) any {
	all := make([]attempt, 0, len(attempts))
	for _, a := range attempts {
		all = append(all, attempt{
			a.Number, a.Start.UTC(), a.Duration.Seconds(), a.Status, a.Reason, a.Verdict.String(), a.Replayed,
			a.Wait.Seconds(),
		})
	}
	return map[string]any{"timeline": all}
}

// driftWords lists what differs, but for what the error shows: status and code.
func driftWords(drift []idem.Drift, failed bool) string {
	words := make([]string, 0, len(drift))
	for _, d := range drift {
		shown := d.Kind == idem.DriftStatus || d.Kind == idem.DriftCode || d.Kind == idem.DriftErrorType
		if !failed || !shown {
			words = append(words, d.String())
		}
	}
	return strings.Join(words, "; ")
}
