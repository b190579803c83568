package bluesnap

import (
	"sync/atomic"

	"github.com/bardge/bardge-go/idem"
)

// RequireEchoBeforeRepeating repeats keyed operations in doubt only once a
// response to this client has brought a key back ([Response].KeyEchoed), which
// shows that keys are honoured; one from the journal does not count. Until then
// a key is sent with each keyed operation, and one that may have been executed
// ends unknown; what was certainly not executed is repeated. [Client.Recover]
// goes by it too; [NewTransport] refuses it.
//
// An older revision of the vendor's page on idempotency asks merchants to have
// the feature enabled for their account; without it a repetition is a second
// payment. The current page does not say so. By default the current page is
// believed. A vendor that echoes nothing would leave the option on for ever:
// whether a first response carries the key is not documented.
func RequireEchoBeforeRepeating() Option {
	return newOption("RequireEchoBeforeRepeating", func(s *settings) error {
		s.requireEcho = true
		return nil
	})
}

// echo is whether keys are known to be honoured.
type echo struct {
	required bool
	seen     atomic.Bool
}

// note remembers that a response has brought its key back. A recorded one came
// to another client.
func (e *echo) note(resp *Response) {
	if resp.KeyEchoed && !resp.FromJournal && !e.seen.Load() {
		e.seen.Store(true)
	}
}

// of returns the operation as it may be repeated by now.
func (e *echo) of(op operation) operation {
	if op.class == idem.Keyed && e.required && !e.seen.Load() {
		op.class = idem.KeyUnverified
	}
	return op
}
