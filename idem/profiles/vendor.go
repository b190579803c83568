package profiles

import (
	"context"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/idem"
)

// Basis is what a fact rests on.
type Basis string

// The bases of a fact, from the best to the least.
const (
	Documented Basis = "documented" // a page of the vendor's, or the standard, states it
	Secondary  Basis = "secondary"  // code or a text of others states or shows it
	Inferred   Basis = "inferred"   // nothing states it: the careful reading
)

// Vendor is a vendor's way to do idempotency, and where each fact comes from.
type Vendor struct {
	Name    string       // as the vendor writes it
	Scope   string       // the APIs and methods that it is about
	Profile idem.Profile // for idem.Config
	// Create is a row for an operation that creates something under a key:
	// class, statuses of a success, and the proof that it is the vendor's own.
	// The caller sets Name, and what its endpoint does differently.
	Create idem.Operation
	// Rules are what Profile.Classify goes by: the first that fits decides. A
	// response that fits none is idem.SignalNone.
	Rules []Rule
	// Facts has a row for each field of Profile and Create that is set, and
	// "Stored", what the vendor stores under a key.
	Facts []Fact
}

// Fact is what one field rests on.
type Fact struct {
	Field  string // of Profile or Create, such as "KeyTTL"; or "Stored"
	Basis  Basis  // what the field rests on
	Source string // the page's URL; empty for what is inferred from none
	Claim  string // what the source states, or why the value is the careful one
}

// LookupFunc is the type of an [idem.Operation.Lookup].
type LookupFunc = func(context.Context, idem.Lookup) (*idem.Response, idem.State)

// All returns every vendor of this package.
func All() []Vendor {
	return []Vendor{
		IETF(), Stripe(), Adyen(), PayPal(), Mollie(), Increase(), Checkout(), ModernTreasury(),
		AmazonPay(), Worldline(), GoCardless(), Square(),
	}
}

// Fact returns the fact of a field.
func (v Vendor) Fact(field string) (Fact, bool) {
	for _, f := range v.Facts {
		if f.Field == field {
			return f, true
		}
	}
	return Fact{}, false
}

const (
	day = 24 * time.Hour
	// elapsed is how long one call goes on by itself: the engine's choice, as
	// is the fact about it.
	elapsed = 10 * time.Minute
	// uuidLength is the longest key of a vendor that states no limit and
	// advises UUIDs: what it would do with a longer one is not known.
	uuidLength = 36
)

var elapsedFact = Fact{
	Field: "MaxElapsedTime", Basis: Inferred,
	Claim: "how long a call without a deadline goes on is the caller's choice: ten minutes, well inside the window",
}

// with completes a vendor: its classifier goes by its rules, and its rows
// prove a success by members that the vendor's objects have. Of each group of
// members one is enough.
func (v Vendor) with(codes []string, proof ...[]string) Vendor {
	v.Profile.MaxElapsedTime = elapsed
	v.Facts = append(v.Facts, elapsedFact)
	v.Profile.Classify = classifier(v.Rules)
	v.Profile.Code = codeAt(codes)
	v.Create.Class = idem.Keyed
	if len(proof) > 0 {
		v.Create.Prove = proveBy(proof)
	}
	return v
}

// proveBy finds the proof in members of the body. Without all of them it is
// none: an intermediary may have written the response.
func proveBy(groups [][]string) func(int, http.Header, []byte) idem.Proof {
	return func(_ int, _ http.Header, body []byte) idem.Proof {
		doc := parse(body)
		for _, group := range groups {
			if !doc.hasAny(group) {
				return idem.Proof{}
			}
		}
		return idem.Proof{Kind: idem.ProvesExecution, Complete: true}
	}
}
