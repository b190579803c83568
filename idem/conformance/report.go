package conformance

import "slices"

// Verdict is what a check has found.
type Verdict string

// The verdicts.
const (
	Holds    Verdict = "holds"     // the promise was kept each time that it was tried
	Broken   Verdict = "broken"    // it was not: see Result.Means
	Differs  Verdict = "differs"   // nothing was executed twice, but the profile describes another server
	Noted    Verdict = "noted"     // the profile promises nothing, this is what the server does
	NotTried Verdict = "not tried" // Result.Seen has the reason
)

// Result is the result of one check.
type Result struct {
	Check   string  `json:"check"`   // its name, one of [Checks]
	Verdict Verdict `json:"verdict"` // what the check has found
	// Seen is what was sent and what came back, or why a check was not tried.
	Seen string `json:"seen"`
	// Means is what it means for a client; empty unless the verdict is [Broken]
	// or [Differs].
	Means string `json:"means,omitempty"`
}

// String returns the finding as one line.
func (f Result) String() string {
	line := f.Check + ": " + string(f.Verdict) + ": " + f.Seen
	if f.Means != "" {
		line += ". " + f.Means
	}
	return line
}

// Report is what [Run] has found: one finding for each of [Checks], in their
// order. Where Run failed, the later ones are missing.
type Report []Result

// With returns the findings with a verdict.
func (r Report) With(v Verdict) Report {
	return slices.DeleteFunc(slices.Clone(r), func(f Result) bool { return f.Verdict != v })
}

// Find returns the finding of a check, the zero Result if there is none.
func (r Report) Find(check string) Result {
	at := slices.IndexFunc(r, func(f Result) bool { return f.Check == check })
	if at < 0 {
		return Result{}
	}
	return r[at]
}
