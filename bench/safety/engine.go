package safety

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/chaos"
)

// engine is this SDK without its outermost layer: the same engine, the vendor's
// profile, the generated request and response. The client reads the wall clock
// of the real machine. Here the machine is the model's, whose wall clock goes
// on while it sleeps, and only the engine accepts another clock.
type engine struct {
	*idem.Engine
	policy idem.Policy
}

func newEngine(sim *chaos.Simulation, c idem.Config) (*engine, error) {
	c.Profile = profile()
	c.BaseURL = sim.URL
	c.Transport = transport(sim)
	c.WallClock = sim.Clock.ClientWall
	e, err := idem.New(c)
	return &engine{e, c.Policy}, err
}

func profile() idem.Profile {
	return idem.Profile{
		Vendor:          "bardge",
		KeyHeader:       "Idempotency-Key",
		KeyTTL:          90 * time.Second,
		ReplayHeader:    "X-Idempotent-Replayed",
		ReplayValue:     "true",
		RequestIDHeader: "Bardge-Request-Id",
		Classify:        classify,
	}
}

func classify(_ int, _ http.Header, body []byte) idem.Signal {
	var b struct {
		Error *gen.ErrorDetail `json:"error"`
	}
	switch {
	case json.Unmarshal(body, &b) != nil || b.Error == nil:
		return idem.SignalNone
	case b.Error.Code.Is(gen.ErrorCodeIdempotencyKeyReused):
		return idem.SignalKeyReused
	case b.Error.Code.Is(gen.ErrorCodeAlreadyCancelled):
		return idem.SignalAlreadyApplied
	default:
		return idem.SignalError
	}
}

func (e *engine) Issue(ctx context.Context, n int) peers.Result {
	req, err := gen.NewIssuePassRequest(gen.IssuePassParams(peers.ParamsOf(n)))
	if err != nil {
		return peers.Result{Outcome: peers.Failed, Err: err}
	}
	return e.result(e.Do(ctx, idem.Call{Request: idem.Request{
		Operation: idem.Operation{
			Name: string(req.Operation.ID), Class: idem.Keyed, Success: req.Operation.SuccessStatuses[:],
			Prove: proves(req.Operation.ID),
		},
		Method: req.Operation.Method,
		Path:   req.Path,
		Body:   req.Body,
	}}))
}

// result is what the caller of a call learns.
func (e *engine) result(r idem.Result) peers.Result {
	result := peers.Result{Outcome: outcomes[r.Outcome]}
	if r.Err != nil {
		result.Err = ending{r, e.policy.NoRetryOn500}
	}
	return result
}

var outcomes = map[idem.Outcome]peers.Outcome{
	idem.OutcomeDone:     peers.Done,
	idem.OutcomeRejected: peers.Failed,
	idem.OutcomeNotSent:  peers.Failed,
	idem.OutcomeUnknown:  peers.Unknown,
}

// ending is a call's error, with the engine's whole result.
type ending struct {
	result      idem.Result
	finalPolicy bool
}

func (e ending) Error() string { return e.result.Err.Error() }

func (e ending) Unwrap() error { return e.result.Err }

func (e ending) lastStatus() int {
	n := len(e.result.Attempts)
	if n == 0 {
		return 0
	}
	return e.result.Attempts[n-1].Status
}

func (e *engine) Close() { e.CloseIdleConnections() }
