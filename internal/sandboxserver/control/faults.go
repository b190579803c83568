package control

import (
	"net/http"
	"time"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// maxCount bounds how many requests a rule is for, and maxRules how many rules
// a request adds.
const (
	maxCount = 1_000_000
	maxRules = 1_000
	maxWaits = 10_000 // rules in all
)

// newFault is a fault for coming requests.
type newFault struct {
	Operation   string           `json:"operation"`
	Account     string           `json:"account"`
	Fault       string           `json:"fault"`
	Phase       fakeserver.Phase `json:"phase"`
	Count       *int             `json:"count"`
	Probability *float64         `json:"probability"`
	Seed        uint64           `json:"seed"`
}

type newFaults struct {
	Faults []newFault `json:"faults"`
}

// waitingFault is a fault that waits.
type waitingFault struct {
	fakeserver.FaultRule

	Phase fakeserver.Phase `json:"phase"`
}

type waitingFaults struct {
	Faults []waitingFault `json:"faults"`
}

func (a *API) faults(*http.Request) (waitingFaults, error) {
	waiting := waitingFaults{[]waitingFault{}}
	for _, rule := range a.control.Faults() {
		waiting.Faults = append(waiting.Faults, waitingFault{rule, rule.Fault.Phase()})
	}
	return waiting, nil
}

func (a *API) queueFaults(r *http.Request, in newFaults) (waitingFaults, error) {
	if len(in.Faults) == 0 || len(in.Faults) > maxRules {
		return waitingFaults{}, invalid("The field \"faults\" has 1 to %d faults.", maxRules)
	}
	if len(a.control.Faults())+len(in.Faults) > maxWaits {
		return waitingFaults{}, invalid("At most %d faults can wait; use \"count\".", maxWaits)
	}
	rules := make([]fakeserver.FaultRule, len(in.Faults))
	for i, f := range in.Faults {
		var err error
		if rules[i], err = f.rule(); err != nil {
			return waitingFaults{}, err
		}
	}
	if err := a.control.QueueFaults(rules...); err != nil {
		return waitingFaults{}, err
	}
	return a.faults(r)
}

// rule returns the fault with its defaults.
func (f *newFault) rule() (rule fakeserver.FaultRule, err error) {
	rule = fakeserver.FaultRule{Operation: f.Operation, Account: f.Account, Count: 1, Probability: 1, Seed: f.Seed}
	if f.Count != nil {
		rule.Count = *f.Count
	}
	if f.Probability != nil {
		rule.Probability = *f.Probability
	}
	switch {
	case rule.Count < 1 || rule.Count > maxCount:
		return rule, invalid("A count is 1 to %d.", maxCount)
	case rule.Probability <= 0 || rule.Probability > 1:
		return rule, invalid("A probability is above 0 and at most 1.")
	case rule.Seed > maxNumber:
		return rule, invalid("A seed is 0 to %d.", uint64(maxNumber))
	}
	rule.Fault, err = fakeserver.ParseFaultPhase(f.Fault, f.Phase)
	return rule, err
}

func (a *API) clearFaults(r *http.Request) (waitingFaults, error) {
	a.control.ClearFaults()
	return a.faults(r)
}

// knownFault describes a kind of fault.
type knownFault struct {
	Form        string           `json:"form"`
	Phase       fakeserver.Phase `json:"phase"`
	Description string           `json:"description"`
}

type knownFaults struct {
	Faults []knownFault `json:"faults"`
}

func (*API) knownFaults(*http.Request) (knownFaults, error) {
	var all knownFaults
	for _, form := range fakeserver.KnownFaults() {
		all.Faults = append(all.Faults, knownFault{form.Form(), form.Phase, form.Description})
	}
	return all, nil
}

func (a *API) randomFaults(*http.Request) (fakeserver.RandomFaults, error) {
	return a.control.RandomFaults(), nil
}

func (a *API) setRandomFaults(_ *http.Request, in fakeserver.RandomFaults) (fakeserver.RandomFaults, error) {
	if in.Seed > maxNumber {
		return in, invalid("A seed is at most %d.", uint64(maxNumber))
	}
	if err := a.control.SetRandomFaults(in); err != nil {
		return in, err
	}
	return a.control.RandomFaults(), nil
}

// outage is whether the API is off the network. The control API never is.
type outage struct {
	Down  bool       `json:"down"`
	Until *time.Time `json:"until"`
}

func (a *API) outage(*http.Request) (outage, error) {
	down, until := a.control.OutageState()
	if until.IsZero() {
		return outage{Down: down}, nil
	}
	return outage{down, &until}, nil
}

type newOutage struct {
	For *span `json:"for"`
}

// beginOutage takes the API off the network for a time, or until endOutage.
func (a *API) beginOutage(r *http.Request, in newOutage) (outage, error) {
	switch {
	case in.For == nil:
		a.control.Down()
	case *in.For <= 0 || time.Duration(*in.For) > maxOutage:
		return outage{}, invalid("An outage lasts more than 0 and at most %v.", maxOutage)
	default:
		a.control.Outage(time.Duration(*in.For))
	}
	return a.outage(r)
}

const maxOutage = 24 * time.Hour

func (a *API) endOutage(r *http.Request) (outage, error) {
	a.control.Up()
	return a.outage(r)
}
