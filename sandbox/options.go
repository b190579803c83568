package sandbox

import (
	"time"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// Option changes what [New] and [Start] make.
type Option = fakeserver.Option

// WithClock makes the server read the time from now: for the lifetime of keys,
// passes and tokens, and all timestamps. The default is [time.Now], which is
// virtual inside a bubble of testing/synctest. Delays of faults and outages
// always pass by package time. now is called from several goroutines at once.
func WithClock(now func() time.Time) Option { return fakeserver.WithClock(now) }

// WithKeyMemory sets how long an idempotency key is remembered, from the
// arrival of its first request. The default is 90 s (documented).
func WithKeyMemory(d time.Duration) Option { return fakeserver.WithKeyMemory(d) }

// WithRandomFaults adds random faults: each request without another fault gets
// one with a probability of rate, between 0 and 1. The same seed gives the same
// faults to requests that arrive in the same order.
func WithRandomFaults(seed uint64, rate float64) Option {
	return fakeserver.WithRandomFaults(seed, rate)
}

// WithStrict rejects requests that hold what the contract does not name, as a
// validating server would: another Content-Type than application/json, unknown
// or repeated fields and query parameters, null, another type, a body where
// none is taken, text that is not UTF-8, an expiry in seconds, a key of more
// than 255 characters or an empty one (400, code validation_error), and other
// methods on a path of the API (405). By default the sandbox ignores what it
// does not know, as the vendor's pages require of clients.
func WithStrict() Option { return fakeserver.WithStrict() }

// WithPreview emulates what only names of the vendor's schemas point to: the
// operations of bardge.PreviewService, the passcode of a booking, the passes of
// a client, and the session that an access code opens where a gym asks for a
// purchase first. Without it a request for a preview operation gets the 404 of
// an unknown path, so that no test confirms a guess by accident.
func WithPreview() Option { return fakeserver.WithPreview() }

// WithAccount adds a reseller with a name and an API key; an empty key is
// chosen. It has its own clients and passes, beginning with the seed's, of
// equal ids; providers, classes and their places are the same for all. The name
// of an account that exists, "reseller_0001" for the sandbox's own and
// "reseller_0002" for the issuer's, gives that one the key.
func WithAccount(name, apiKey string) Option { return fakeserver.WithAccount(name, apiKey) }

// WithSeed adds to what exists from the start, or replaces what has the same
// id. The data is a JSON object with the lists packages, providers,
// class_categories, classes, credit_packages, issuers and clients, all of which
// may be left out; seed.json in this package's directory is the built-in one,
// and names the fields. Days are counted from the one on which the sandbox was
// made, unless a date is given. A client without an account exists in every
// account but an issuer's, and one of an account replaces it there. Clients have
// passes, spa_visits and bookings; what bookings took is left out of the
// client's balances already, while each takes a place besides those that are
// taken. What is wrong is an error with its line, and so is empty data.
//
// [fakeserver.Control.Seed] returns a seed of the present data.
func WithSeed(data []byte) Option { return fakeserver.WithSeed(data) }
