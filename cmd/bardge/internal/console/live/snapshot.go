package live

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/bardge/bardge-go/internal/sandboxserver/control"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// snapshot is a sandbox at one time, as the page shows it. It has no relative
// times: an idle sandbox gives the same twice.
type snapshot struct {
	// Problem is why the rest is empty; "" is the rule.
	Problem string

	Origin     string
	Guide      control.Guide
	Vendor     string
	Operations []string

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

// read reads all of a sandbox that the page shows.
func (s *Sandbox) read(ctx context.Context) snapshot {
	all := snapshot{Origin: s.origin}
	for _, step := range []func(context.Context, *snapshot) error{
		s.readGuide, s.readSteering, s.readLedger, s.readState,
	} {
		if err := step(ctx, &all); err != nil {
			return snapshot{Origin: s.origin, Problem: err.Error()}
		}
	}
	return all
}

func (s *Sandbox) readGuide(ctx context.Context, all *snapshot) (err error) {
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
	all.Vendor, all.Operations = version.Vendor, operations.Operations
	return err
}

// readLedger reads the last lines, and the counters of all.
func (s *Sandbox) readLedger(ctx context.Context, all *snapshot) error {
	end, err := get[fakeserver.Page](ctx, s, "ledger?limit=1")
	if err != nil {
		return err
	}
	since := "0"
	if end.Last > maxLines {
		since = decimal(end.Last - maxLines)
	}
	page, err := get[fakeserver.Page](ctx, s, "ledger?limit=1000&since="+since)
	if err != nil {
		return err
	}
	counts, err := get[struct {
		Counts []fakeserver.Count `json:"counts"`
	}](ctx, s, "counts")
	for i := range page.Lines {
		if !all.Frozen && running(page.Lines[i]) {
			page.Lines[i].Result = fakeserver.ResultPending
		}
	}
	all.Accounts = accounts(page.Lines, counts.Counts, basePath(all.Guide.BaseURL))
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
	if err != nil {
		if strings.Contains(err.Error(), "shows no state") {
			return nil
		}
		return err
	}
	all.Holdings, err = newHoldings(all.Vendor, state)
	return err
}
