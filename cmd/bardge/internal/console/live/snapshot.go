package live

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/bardge/bardge-go/internal/sandboxserver/control"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// snapshot is a sandbox at one time, as the page shows it. It has no relative
// times: an idle sandbox gives the same twice.
type snapshot struct {
	constants

	// Problem is why the rest is empty; "" is the rule.
	Problem string

	Origin string

	Accounts []*account
	Sum      fakeserver.Count

	Down   bool
	Until  time.Time // by the sandbox's clock; zero: until it is ended
	Faults []waiting
	Memory time.Duration
	Ahead  time.Duration // of the sandbox's clock, in whole seconds
	Frozen bool

	Holdings []holdings
}

// constants are what stays the same for as long as a sandbox runs.
type constants struct {
	Guide      control.Guide
	Vendor     string
	Operations []string
}

// read reads all of a sandbox that the page shows. What stays the same is read
// once, and again after [Sandbox.forget].
func (s *Sandbox) read(ctx context.Context) snapshot {
	all := snapshot{Origin: s.origin}
	for _, step := range []func(context.Context, *snapshot) error{
		s.readConstants, s.readSteering, s.readLedger, s.readState,
	} {
		if err := step(ctx, &all); err != nil {
			s.forget()
			return snapshot{Origin: s.origin, Problem: err.Error()}
		}
	}
	return all
}

// forget has the next reading read everything: another sandbox may have come to
// the same address.
func (s *Sandbox) forget() {
	s.known.Store(nil)
	s.since.Store(0)
}

func (s *Sandbox) readConstants(ctx context.Context, all *snapshot) (err error) {
	if known := s.known.Load(); known != nil {
		all.constants = *known
		return nil
	}
	if all.Guide, err = get[control.Guide](ctx, s, "guide"); err != nil {
		return err
	}
	version, err := get[struct {
		Vendor string `json:"vendor"`
	}](ctx, s, "version")
	if err != nil {
		return err
	}
	operations, err := get[struct {
		Operations []string `json:"operations"`
	}](ctx, s, "operations")
	if err != nil {
		return err
	}
	all.Vendor, all.Operations = version.Vendor, operations.Operations
	known := all.constants
	s.known.Store(&known)
	return nil
}

// ledgerEnd reads the last lines: those after where the last reading's began. It
// reads a second time where more have come than a page holds.
func (s *Sandbox) ledgerEnd(ctx context.Context) (last []fakeserver.Line, err error) {
	for range 2 {
		since := s.since.Load()
		page, err := get[fakeserver.Page](ctx, s, "ledger?limit=1000&since="+decimal(since))
		if err != nil {
			return nil, err
		}
		last = page.Lines[max(0, len(page.Lines)-maxLines):]
		s.since.Store(page.Last - min(page.Last, maxLines))
		if !page.More {
			break
		}
	}
	return last, nil
}

// readLedger reads the last lines, and the counters of all.
func (s *Sandbox) readLedger(ctx context.Context, all *snapshot) error {
	lines, err := s.ledgerEnd(ctx)
	if err != nil {
		return err
	}
	counts, err := get[struct {
		Counts []fakeserver.Count `json:"counts"`
	}](ctx, s, "counts")
	for i := range lines {
		if !all.Frozen && running(lines[i]) {
			lines[i].Result = fakeserver.ResultPending
		}
	}
	all.Accounts = accounts(lines, counts.Counts, basePath(all.Guide.BaseURL))
	for _, a := range all.Accounts {
		all.Sum = sum(all.Sum, a.Sum)
	}
	return err
}

// running reports whether a request that was executed still runs, since its
// response is delayed. A clock that is frozen gives finished ones no duration,
// either.
func running(line fakeserver.Line) bool {
	return line.Result == fakeserver.ResultExecuted && line.Status == 0 && line.DurationMS == 0
}

// basePath returns the path of a base URL.
func basePath(address string) string {
	at, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return at.Path
}

// readSteering reads what was steered: outage, faults, key memory and clock.
func (s *Sandbox) readSteering(ctx context.Context, all *snapshot) error {
	outage, err := get[struct {
		Down  bool       `json:"down"`
		Until *time.Time `json:"until"`
	}](ctx, s, "outage")
	if err != nil {
		return err
	}
	all.Down = outage.Down
	if outage.Until != nil {
		all.Until = *outage.Until
	}
	faults, err := get[waitingFaults](ctx, s, "faults")
	if err != nil {
		return err
	}
	all.Faults = faults.Faults
	memory, err := get[struct {
		Memory string `json:"memory"`
	}](ctx, s, "key-memory")
	if err != nil {
		return err
	}
	all.Memory, _ = time.ParseDuration(memory.Memory)
	clock, err := get[struct {
		Now    time.Time `json:"now"`
		Frozen bool      `json:"frozen"`
	}](ctx, s, "clock")
	all.Ahead, all.Frozen = time.Until(clock.Now).Round(time.Second), clock.Frozen
	return err
}

func (s *Sandbox) readState(ctx context.Context, all *snapshot) error {
	state, err := get[json.RawMessage](ctx, s, "state")
	if refused, ok := errors.AsType[*refusal](err); ok && refused.status == http.StatusNotImplemented {
		return nil // this sandbox shows none
	}
	if err != nil {
		return err
	}
	all.Holdings, err = newHoldings(all.Vendor, state)
	return err
}
