package fakeserver

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Phase is when a fault strikes.
type Phase string

const (
	// PhaseBefore is before the execution: the operation is not executed, or
	// later.
	PhaseBefore Phase = "before"
	// PhaseAfter is after the execution: the response suffers.
	PhaseAfter Phase = "after"
)

// FaultForm describes one kind of fault.
type FaultForm struct {
	// Name is the fault's name: "unavailable".
	Name string
	// Argument is what follows the name after "=": "STATUS", "TIME", or "" if
	// nothing does.
	Argument string
	// Phase is when it strikes; "" for [NoFault].
	Phase Phase
	// Description is one sentence about it.
	Description string

	// least is the lowest status.
	least int
	// atTakeUp reports whether the fault acts on the execution or on its
	// response, so that only the request that takes up the key can meet it.
	atTakeUp bool
}

// Form returns the fault's text with its argument's name: "unavailable=TIME".
func (f *FaultForm) Form() string {
	if f.Argument == "" {
		return f.Name
	}
	return f.Name + "=" + f.Argument
}

const (
	argumentStatus = "STATUS"
	argumentTime   = "TIME"
)

var knownFaults = []FaultForm{
	{Name: string(NoFault), Description: "The request passes, and random faults spare it."},
	{
		Name: string(Refuse), Phase: PhaseBefore,
		Description: "The connection is closed before the request is read. Not executed.",
	},
	{
		Name: string(ResetBefore), Phase: PhaseBefore,
		Description: "The request is read and the connection reset. Not executed.",
	},
	{
		Name: string(LoseResponse), Phase: PhaseAfter, atTakeUp: true,
		Description: "The operation is executed and the connection reset.",
	},
	{
		Name: string(CutResponse), Phase: PhaseAfter, atTakeUp: true,
		Description: "The operation is executed, and half of the response's body sent.",
	},
	{
		Name: string(KeyStoreFailure), Phase: PhaseBefore,
		Description: "A request with an idempotency key is refused. Not executed.",
	},
	{
		Name: serverErrorBefore, Argument: argumentStatus, least: 500, Phase: PhaseBefore,
		Description: "The response has a status from 500 to 599. Not executed.",
	},
	{
		Name: serverErrorAfter, Argument: argumentStatus, least: 500, Phase: PhaseAfter, atTakeUp: true,
		Description: "The operation is executed; the response has a status from 500 to 599 and is kept under the key.",
	},
	{
		Name: unavailable, Argument: argumentTime, Phase: PhaseBefore,
		Description: "503 with a Retry-After; 0s sends none. Not executed.",
	},
	{
		Name: tooMany, Argument: argumentTime, Phase: PhaseBefore,
		Description: "429 with a Retry-After; 0s sends none. Not executed.",
	},
	{
		Name: delayBefore, Argument: argumentTime, Phase: PhaseBefore, atTakeUp: true,
		Description: "The operation is executed after a time, even if the client has gone.",
	},
	{
		Name: delayAfter, Argument: argumentTime, Phase: PhaseAfter, atTakeUp: true,
		Description: "The operation is executed at once, and the response sent after a time.",
	},
	{
		Name: proxyPage, Argument: argumentStatus, least: 200, Phase: PhaseBefore,
		Description: "A proxy's HTML page with a status from 200 to 599. Not executed.",
	},
	{
		Name: proxyPageAfter, Argument: argumentStatus, least: 200, Phase: PhaseAfter, atTakeUp: true,
		Description: "The operation is executed; the response is a proxy's HTML page with a status from 200 to 599.",
	},
}

// KnownFaults returns all faults.
func KnownFaults() []FaultForm { return append([]FaultForm{}, knownFaults...) }

func faultForms() []string {
	forms := make([]string, len(knownFaults))
	for i := range knownFaults {
		forms[i] = knownFaults[i].Form()
	}
	return forms
}

// phased are names of faults that exist in both phases.
var phased = map[string]map[Phase]string{
	"reset":        {PhaseBefore: string(ResetBefore), PhaseAfter: string(LoseResponse)},
	"server-error": {PhaseBefore: serverErrorBefore, PhaseAfter: serverErrorAfter},
	"delay":        {PhaseBefore: delayBefore, PhaseAfter: delayAfter},
	"proxy-page":   {PhaseBefore: proxyPage, PhaseAfter: proxyPageAfter},
}

// ParseFaultPhase reads a fault whose phase is apart from its text: "reset",
// "server-error=500", "delay=2s" and "proxy-page=502" exist in both. Any other
// fault must have that phase. An empty phase is the fault's own.
func ParseFaultPhase(text string, phase Phase) (Fault, error) {
	if phase == "" {
		return ParseFault(text)
	}
	if phase != PhaseBefore && phase != PhaseAfter {
		return "", fmt.Errorf("sandbox: a phase is %q or %q, not %q", PhaseBefore, PhaseAfter, string(phase))
	}
	name, argument, _ := strings.Cut(text, "=")
	if full := phased[name][phase]; full != "" {
		text = strings.TrimSuffix(full+"="+argument, "=")
	}
	f, err := ParseFault(text)
	if err == nil && f.Phase() != phase {
		return "", fmt.Errorf("sandbox: fault %q does not strike %s the execution", text, phase)
	}
	return f, err
}

// Phase returns when the fault strikes; "" for [NoFault] and for text that is
// no fault.
func (f Fault) Phase() Phase {
	name, _, _ := strings.Cut(string(f), "=")
	for i := range knownFaults {
		if knownFaults[i].Name == name {
			return knownFaults[i].Phase
		}
	}
	return ""
}

// read reads a fault's argument and reports whether it is in range.
func (f *FaultForm) read(argument string, e *effect) bool {
	var err error
	switch f.Argument {
	case argumentStatus:
		e.status, err = strconv.Atoi(argument)
		return err == nil && e.status >= f.least && e.status <= 599
	case argumentTime:
		e.time, err = time.ParseDuration(argument)
		return err == nil && e.time >= 0
	default:
		return argument == ""
	}
}
