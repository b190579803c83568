package bardge

import (
	"cmp"
	"time"

	"github.com/bardge/bardge-go/gen"
)

// CheckOptions describes what [Check] sends. The zero value sends the reads
// that need no id, and those for which a list has shown one.
type CheckOptions struct {
	// The ids of the account's own resources; empty: operations that need such
	// an id are not tried, unless a list shows one (a pass package, a gym, a
	// class).
	ClientID     string // a client's: its profile, credits and bookings are read
	IssuedPassID string // an issued pass's
	PassID       string // a pass package's; else the first of ListPasses
	ProviderID   string // a gym's; else the first of ListProviders
	ClassID      string // a class's; else the first of ListClasses
	BookingID    string // a booking's

	// Samples is how often each operation is sent. Zero is 3, the most 20.
	Samples int
	// CallTimeout bounds each call. Zero is 10 s.
	CallTimeout time.Duration
	// Timeout bounds the reads together; what is left then is not tried. Zero
	// is 60 s. A write may add twice 30 s.
	Timeout time.Duration

	// AllowWrites names the operations that may change something. Only
	// IssuePass is accepted: it issues the one pass of IssuePass, for which the
	// vendor may charge, and sends the same request again under the same key,
	// to see the replay mark. Empty, the default: nothing is changed.
	AllowWrites []string
	IssuePass   IssuePassParams // the pass to be issued; only with AllowWrites
	// Key is the pass's key, for a caller that stores it before it is sent. Zero
	// is a new one, which only the report has.
	Key Key
}

const (
	checkSamples     = 3
	checkMaxSamples  = 20
	checkCallTimeout = 10 * time.Second
	checkTimeout     = time.Minute
)

// complete fills in the defaults, and refuses what cannot be done.
func (o *CheckOptions) complete() error {
	if field, reason := o.invalid(); field != "" {
		return &InvalidError{Field: "CheckOptions." + field, Reason: reason}
	}
	o.Samples = cmp.Or(o.Samples, checkSamples)
	o.CallTimeout = cmp.Or(o.CallTimeout, checkCallTimeout)
	o.Timeout = cmp.Or(o.Timeout, checkTimeout)
	return nil
}

func (o *CheckOptions) invalid() (field, reason string) {
	writes, given := len(o.AllowWrites) > 0, o.IssuePass != IssuePassParams{}
	switch {
	case o.Samples < 0, o.Samples > checkMaxSamples:
		return "Samples", "is not between 1 and 20"
	case o.CallTimeout < 0:
		return "CallTimeout", "is negative"
	case o.Timeout < 0:
		return "Timeout", "is negative"
	case given && !writes:
		return "IssuePass", "is set, but AllowWrites does not name it"
	}
	for _, name := range o.AllowWrites {
		if name != string(gen.OpIssuePass) {
			return "AllowWrites", "names another operation than IssuePass"
		}
	}
	if missing := o.IssuePass.missing(); writes && len(missing) > 0 {
		return "IssuePass", "lacks " + missing[0].param
	}
	return "", ""
}
