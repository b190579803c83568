package idem

import (
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// attemptSummary is what a record keeps of the attempts of its operation: why it
// is open is known after a restart.
type attemptSummary struct {
	// Attempts counts the recorded requests of this generation, of all owners.
	Attempts int `json:"attempts,omitempty"`
	// Last is how the last of them ended. Nil where Response has it.
	Last *lastAttempt `json:"last,omitempty"`
}

// lastAttempt is how an attempt ended. It holds nothing of the request, and of
// the response only identifiers.
type lastAttempt struct {
	Status    int       `json:"status,omitempty"`
	Code      string    `json:"code,omitempty"`
	Reason    string    `json:"reason,omitempty"`
	RequestID string    `json:"request_id,omitempty"`
	At        time.Time `json:"at,omitzero"`
}

// maxReason bounds a recorded reason, in bytes.
const maxReason = 300

// noteRetry lets the next renewal of the lease record why the call goes on. How
// it ends is recorded when it ends.
func (o *operation) noteRetry(p *progress) {
	last := o.lastAttempt(p.last, p.last.class.reason)
	o.claim.progress.Store(&attemptSummary{Attempts: o.claim.before + len(p.attempts), Last: &last})
}

// noteEnd lets the claim's settlement record how the call ended. Without
// attempts, what is known of those before remains.
func (o *operation) noteEnd(p *progress, r *Result, answer *Response) {
	o.claim.attempts = len(p.attempts)
	switch {
	case r.Outcome == OutcomeDone && answer != nil:
		o.claim.last = nil
	case len(p.attempts) > 0:
		last := o.lastAttempt(p.last, wordsOf(r.Err))
		o.claim.last = &last
	case r.Err != nil:
		o.claim.last = &lastAttempt{Reason: bounding(wordsOf(r.Err), maxReason), At: o.now()}
	}
}

func (o *operation) now() time.Time {
	return o.engine.clock.Now().WallTime().UTC().Truncate(time.Microsecond)
}

func (o *operation) lastAttempt(a *attempt, reason string) lastAttempt {
	last := lastAttempt{Reason: bounding(reason, maxReason), At: o.now()}
	last.Status = a.seen.Status
	last.RequestID = o.requestID(a.seen.Header)
	if a.seen.Status >= http.StatusMultipleChoices && a.seen.Body != nil {
		last.Code = o.engine.profile.code(a.seen.Status, a.seen.Body)
	}
	return last
}

// code is the API's error code, if it looks like one.
func (p Profile) code(status int, body []byte) string {
	if p.Code == nil {
		return ""
	}
	return identifier(p.Code(status, body))
}

// identifier returns s if it looks like an identifier, else "": a header or
// body may hold anything (R23).
func identifier(s string) string {
	if len(s) > 64 {
		return ""
	}
	for i := range len(s) {
		b := s[i]
		if b != '_' && b != '-' && (b < '0' || b > '9') && (b < 'A' || b > 'Z') && (b < 'a' || b > 'z') {
			return ""
		}
	}
	return s
}

func wordsOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// bounding cuts text to a length in bytes, and makes it valid UTF-8.
func bounding(text string, limit int) string {
	if len(text) > limit {
		text = text[:limit]
	}
	if utf8.ValidString(text) {
		return text
	}
	return strings.ToValidUTF8(text, "")
}
