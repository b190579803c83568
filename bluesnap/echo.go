package bluesnap

import (
	"sync/atomic"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// RequireEchoBeforeRepeating repeats keyed operations in doubt only once a
// successful response to this client has brought a key back
// ([Response].KeyEchoed), which shows that keys are honoured. Errors do not
// count, since a gateway may repeat a request's headers in its own, nor does a
// response from the journal. Until then
// a key is sent with each keyed operation, and one that may have been executed
// ends unknown; what was certainly not executed is repeated. [Client.Recover]
// goes by it too. A [NewTransport] with it is for one account, and needs
// [WithBaseURL] or [WithSandbox].
//
// An older revision of the vendor's page on idempotency asks merchants to have
// the feature enabled for their account; without it a repetition is a second
// payment. The current page does not say so. By default the current page is
// believed. A vendor that echoes nothing would leave the option on for ever:
// whether a first response carries the key is not documented.
func RequireEchoBeforeRepeating() Option {
	return newOption("RequireEchoBeforeRepeating", func(s *settings) error {
		if s.echo == nil {
			s.echo = &echo{}
			s.Observer = sdk.InTurn(s.echo.observe, s.Observer)
		}
		return nil
	})
}

// echo is whether keys are known to be honoured. Nil is believed to be.
type echo struct{ seen atomic.Bool }

func (e *echo) observe(ev idem.Event) {
	if ev.KeyEchoed && ev.Attempt.Verdict == idem.VerdictDone && !e.seen.Load() {
		e.seen.Store(true)
	}
}

// of returns the operation as it may be repeated by now.
func (e *echo) of(op operation) operation {
	if e != nil && op.class == idem.Keyed && !e.seen.Load() {
		op.class = idem.KeyUnverified
	}
	return op
}
