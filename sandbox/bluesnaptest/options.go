package bluesnaptest

import (
	"net/http"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// Stored selects the responses of an operation that are stored under its key.
// The vendor states only that "the previous response" is returned; all three
// are inferred.
type Stored string

const (
	// StoredAll stores every response of the operation, declines and server
	// errors included. It is the default: an executed operation is never
	// executed again while its key is remembered.
	StoredAll Stored = "all"
	// StoredFinal stores all but server errors. After
	// [fakeserver.ServerErrorAfter] the same key executes the operation again.
	StoredFinal Stored = "final"
	// StoredSuccess stores only successes: the same key executes a declined
	// request again, and one that was executed but reported as a timeout.
	StoredSuccess Stored = "success"
)

// Names of the switches.
const (
	switchStored   = "stored"
	switchEcho     = "echo"
	switchLocation = "location-on-replay"
	switchKeys     = "keys"
)

// switches are what the vendor's pages leave open.
func switches() []fakeserver.Switch {
	return []fakeserver.Switch{
		{
			Name: switchStored, Description: "Which responses of an operation are stored under its key.",
			Values: []string{string(StoredAll), string(StoredFinal), string(StoredSuccess)}, Apply: applyStored,
		},
		{
			Name: switchEcho, Description: "Which responses return the key.",
			Values: []string{"always", "replay"}, Apply: applyEcho,
		},
		{
			Name: switchLocation, Description: "Whether a replay has the Location header.",
			Values: []string{"repeated", "left-out"}, Apply: applyLocation,
		},
		{
			Name: switchKeys, Description: "Whether the merchant has the idempotency feature.",
			Values: []string{"honoured", "ignored"},
			Apply:  func(rules *fakeserver.KeyRules, value string) { rules.Ignored = value == "ignored" },
		},
	}
}

func applyStored(rules *fakeserver.KeyRules, value string) {
	switch Stored(value) {
	case StoredFinal:
		rules.Stored = func(status int) bool { return status < http.StatusInternalServerError }
	case StoredSuccess:
		rules.Stored = func(status int) bool { return status < http.StatusMultipleChoices }
	case StoredAll:
		rules.Stored = nil
	}
}

func applyEcho(rules *fakeserver.KeyRules, value string) {
	if value == "replay" {
		marking(rules, func(header http.Header, replayed bool) {
			if !replayed {
				header.Del(keyHeader)
			}
		})
	}
}

func applyLocation(rules *fakeserver.KeyRules, value string) {
	if value == "left-out" {
		marking(rules, func(header http.Header, replayed bool) {
			if replayed {
				header.Del(locationName)
			}
		})
	}
}

// marking changes the header of a response after the other marks.
func marking(rules *fakeserver.KeyRules, change func(header http.Header, replayed bool)) {
	before := rules.Mark
	rules.Mark = func(header http.Header, key string, replayed bool) {
		before(header, key, replayed)
		change(header, replayed)
	}
}

// WithStored sets which responses are stored.
func WithStored(which Stored) fakeserver.Option {
	return fakeserver.WithSwitch(switchStored, string(which))
}

// WithEchoOnReplay returns the key only with replays, as one reading of the
// vendor's page has it. By default every response of an operation that honours
// the key has it (both inferred).
func WithEchoOnReplay() fakeserver.Option { return fakeserver.WithSwitch(switchEcho, "replay") }

// WithoutLocationOnReplay removes the Location header from replays. The vendor
// does not document it; by default it is repeated (inferred).
func WithoutLocationOnReplay() fakeserver.Option {
	return fakeserver.WithSwitch(switchLocation, "left-out")
}

// WithoutKeys makes a server for a merchant without the idempotency feature:
// keys are ignored and not returned.
func WithoutKeys() fakeserver.Option { return fakeserver.WithSwitch(switchKeys, "ignored") }

// WithStrict rejects requests that hold what the vendor's pages do not name:
// another Content-Type than the endpoint's, unknown or repeated fields at any
// depth, null, another type, query parameters, a body where none is taken, text
// that is not UTF-8, an empty key, and other methods on a path of the API (405).
// Not compared are the elements of XML, and the names and types in vendors,
// reports, users, the account updater, and in objects for other means of
// payment than cards and bank accounts.
func WithStrict() fakeserver.Option { return fakeserver.WithStrict() }

// WithAccount adds a merchant with a name, which is also the API username, and
// a password; an empty one is chosen. A name of digits is the merchant's id,
// too. It has its own shoppers and payments, beginning with the seed's. The
// name of a merchant that exists, "500001" for the sandbox's own and "500002"
// for the other, gives that one the password.
func WithAccount(name, password string) fakeserver.Option {
	return fakeserver.WithAccount(name, password)
}

// WithSeed adds to what exists from the start. The data is a JSON object with
// the lists shoppers (account, merchantShopperId, firstName, lastName, email,
// country, zip, cards: their numbers), plans (account, name, chargeFrequency,
// currency, recurringChargeAmount) and transactions (account,
// merchantTransactionId, merchantShopperId, cardTransactionType, amount,
// currency), all texts. What names no account exists in each but the other
// merchant's. What is wrong is an error with its line, and so is empty data.
func WithSeed(data []byte) fakeserver.Option { return fakeserver.WithSeed(data) }
