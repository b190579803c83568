package safety

import (
	"context"
	"encoding/json"
	"time"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/chaos"
)

// engine is this SDK without its outermost layer: the same engine, the vendor's profile, the generated request and
// answer. The client itself reads the wall clock of the machine that it runs on. Here the machine is the model's, whose
// wall clock goes on while it sleeps, and only the engine can be given that.
type engine struct{ *idem.Engine }

func newEngine(w *chaos.World, policy idem.Policy) (*engine, error) {
	e, err := idem.New(idem.Config{
		Profile:   profile(),
		Policy:    policy,
		BaseURL:   w.URL,
		Transport: transport(w),
		WallClock: w.Clock.ClientWall,
	})
	return &engine{e}, err
}

// profile is the vendor's way of idempotency.
func profile() idem.Profile {
	return idem.Profile{
		KeyHeader:       "Idempotency-Key",
		Window:          90 * time.Second,
		ReplayHeader:    "X-Idempotent-Replayed",
		ReplayValue:     "true",
		RequestIDHeader: "Bardge-Request-Id",
		Classify:        classify,
	}
}

func classify(_ int, body []byte) idem.Signal {
	var b struct {
		Error *gen.ErrorDetail `json:"error"`
	}
	switch {
	case json.Unmarshal(body, &b) != nil || b.Error == nil:
		return idem.SignalNone
	case b.Error.Code.Is(gen.ErrorCodeIdempotencyKeyReused):
		return idem.SignalKeyReused
	default:
		return idem.SignalError
	}
}

// Issue does what the client's method does.
func (e *engine) Issue(ctx context.Context, n int) peers.Result {
	req, err := gen.NewIssuePassRequest(peers.ParamsOf(n))
	if err != nil {
		return peers.Result{Outcome: peers.Failed, Err: err}
	}
	r := e.Do(ctx, idem.Call{Request: idem.Request{
		Operation: idem.Operation{
			Name: string(req.Operation.ID), Class: idem.Keyed, Success: req.Operation.SuccessStatuses[:],
		},
		Method: req.Operation.Method,
		Path:   req.Path,
		Body:   req.Body,
	}})
	return peers.Result{Outcome: outcomes[r.Outcome], Err: r.Err}
}

var outcomes = map[idem.Outcome]peers.Outcome{
	idem.OutcomeDone:     peers.Done,
	idem.OutcomeRejected: peers.Failed,
	idem.OutcomeNotSent:  peers.Failed,
	idem.OutcomeUnknown:  peers.Unknown,
}

// Close closes the connections that are kept.
func (e *engine) Close() { e.CloseIdleConnections() }
