package journalcmd

import (
	"time"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// record is an operation as it is printed.
type record struct {
	ID         string `json:"id"`
	Ref        string `json:"ref,omitempty"`
	Operation  string `json:"operation"`
	Generation int    `json:"generation"`
	State      string `json:"state"`
	Outcome    string `json:"outcome"`
	Key        string `json:"key,omitempty"`
	Since      string `json:"since"`
	AgeSeconds int64  `json:"age_seconds"`
	// What follows is sealed but for owned and resource.
	Owned        bool         `json:"owned"`
	Attempts     int          `json:"attempts"`
	LastAttempt  string       `json:"last_attempt,omitempty"`
	Status       int          `json:"status,omitempty"`
	Code         string       `json:"code,omitempty"`
	RequestID    string       `json:"request_id,omitempty"`
	Reason       string       `json:"reason,omitempty"`
	SafeUntil    string       `json:"safe_until,omitempty"`
	NextRecovery string       `json:"next_recovery,omitempty"`
	ResponseLost bool         `json:"response_lost,omitempty"`
	Resource     string       `json:"resource,omitempty"`
	ByPerson     bool         `json:"by_person"`
	Erased       bool         `json:"erased"`
	Resolutions  []resolvedBy `json:"resolutions,omitempty"`
	// Sealed is why the fields above from attempts on are not shown.
	Sealed string `json:"sealed,omitempty"`

	class  idem.Class
	stored bool // the server has stored a failure under the key
}

// resolvedBy is what a person has reported.
type resolvedBy struct {
	At         string `json:"at"`
	Generation int    `json:"generation"`
	Executed   bool   `json:"executed"`
	ID         string `json:"id,omitempty"`
	By         string `json:"by,omitempty"`
	Note       string `json:"note,omitempty"`
	Verified   bool   `json:"verified"`
}

func newRecord(o *idem.RecordedOperation, now time.Time) record {
	r := record{
		ID: o.ID, Ref: o.Ref, Operation: o.Operation, Generation: o.Generation,
		State: o.State.String(), Outcome: o.Outcome.String(), Key: o.Key.String(), Since: stamp(o.Since),
		AgeSeconds: seconds(now.Sub(o.Since)),
		Owned:      o.Owned, Attempts: o.Attempts, LastAttempt: stamp(o.LastAttempt), Status: o.Status, Code: o.Code,
		RequestID: o.RequestID, Reason: o.Reason, SafeUntil: stamp(o.SafeUntil), NextRecovery: stamp(o.NextRecovery),
		ResponseLost: o.ResponseLost, Resource: o.Resource, ByPerson: o.ByPerson, Erased: o.Erased,
		class: o.Class, stored: o.Stored,
	}
	for _, said := range o.Resolutions {
		r.Resolutions = append(r.Resolutions, resolvedBy{
			At: stamp(said.At), Generation: said.Generation, Executed: said.Executed, ID: said.ID,
			By: said.By, Note: said.Note, Verified: said.Verified,
		})
	}
	if o.Err != nil {
		r.Sealed = o.Err.Error()
	}
	return r
}

// newSealedRecord is what a journal shows without its secret; why is why that is
// so.
func newSealedRecord(rec journal.Record, why string, now time.Time) record {
	return record{
		ID: rec.ID, Ref: rec.Ref(), Operation: rec.Operation, Generation: rec.Generation,
		State: rec.State().String(), Outcome: rec.Outcome.String(), Key: rec.Key, Since: stamp(rec.Since),
		AgeSeconds: seconds(now.Sub(rec.Since)), Owned: rec.Owner != "" && rec.Lease > 0, Resource: rec.Resource,
		Sealed: why,
	}
}

// name returns the ref, or the id where the operation has none.
func (r record) name() string {
	if r.Ref != "" {
		return r.Ref
	}
	return r.ID
}

// stamp returns a time as text; "" for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// ParseStamp reads a time of a record; the zero time where it has none.
func ParseStamp(text string) time.Time {
	at, _ := time.Parse(time.RFC3339, text)
	return at
}

func seconds(d time.Duration) int64 { return max(0, int64(d/time.Second)) }

// age returns whole seconds as people write them.
func age(s int64) string {
	d := time.Duration(s) * time.Second
	if d >= 48*time.Hour {
		return d.Truncate(time.Hour).String()[:len(d.Truncate(time.Hour).String())-len("0m0s")]
	}
	return d.String()
}
