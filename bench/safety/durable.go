package safety

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/bardge/bardge-go/bench/peers"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/chaos"
	"github.com/bardge/bardge-go/journal"
)

// durable is this SDK with a journal: each operation has a ref, and Recover
// continues what calls left in doubt.
type durable struct {
	*engine
	wall  func() time.Time
	mu    sync.Mutex
	begun map[string]time.Time // by operation, on the monotonic clock
}

func newDurable(sim *chaos.Simulation) (*durable, error) {
	e, err := newEngine(sim, idem.Config{Journal: journal.NewMemory()})
	return &durable{engine: e, wall: sim.Clock.ClientWall, begun: map[string]time.Time{}}, err
}

func (d *durable) Do(ctx context.Context, op chaos.Op) peers.Result {
	d.begins(op.ID)
	call := idem.Call{Ref: op.ID, Request: requestOf(op)}
	if kindOf(op) == Cancellation {
		call.Refetch = func(ctx context.Context) (*idem.Response, idem.State) { return d.reread(ctx, op.ID) }
	}
	return d.result(d.Engine.Do(ctx, call))
}

// Recover continues, once, each operation in doubt, and reports its result.
func (d *durable) Recover(ctx context.Context, found func(op string, s resolution)) {
	with := idem.Recovery{
		Operation: operation,
		Refetch: func(ctx context.Context, o idem.PendingOperation) (*idem.Response, idem.State) {
			return d.reread(ctx, o.Ref)
		},
		Reconcile: d.reconcile,
	}
	for r, err := range d.Engine.Recover(ctx, with) {
		if err != nil {
			return // the context is over: the journal in memory does not fail
		}
		s := resolution{result: d.result(r.Result), way: ByReading}
		if len(r.Result.Attempts) > 0 {
			s.way = ByAsking
		}
		found(r.Pending.Ref, s)
	}
}

func operation(name string) (idem.Operation, bool) {
	for _, row := range rows {
		if row.Name == name {
			return row, true
		}
	}
	return idem.Operation{}, false
}

// lookAfter is how long after the intent the client's reconcilers read: two
// windows, and the clocks' differences.
const lookAfter = 200 * time.Second

// reconcile reads what an operation has made, as the client's reconcilers do.
// One item in the list of the operation's own client is proof. They compare
// times too; here clocks differ by minutes, and each client makes one thing.
func (d *durable) reconcile(ctx context.Context, o idem.PendingOperation) (idem.ReconcileResult, error) {
	if d.age(o) < lookAfter {
		return idem.ReconcileResult{Evidence: "too early"}, nil
	}
	r := d.read(ctx, chaos.MadePath(o.Ref))
	if r.Err != nil {
		return idem.ReconcileResult{}, r.Err
	}
	var made chaos.Made
	if err := json.Unmarshal(r.Response.Body, &made); err != nil || made.Object != "list" {
		return idem.ReconcileResult{}, errors.Join(errors.New("not a list"), err)
	}
	evidence := fmt.Sprintf("the client has %d", len(made.Data))
	if len(made.Data) != 1 {
		return idem.ReconcileResult{Evidence: evidence}, nil
	}
	return idem.ReconcileResult{Done: true, Evidence: evidence, Response: &idem.Response{
		Status: http.StatusOK, Body: []byte(`{"object":"thing"}`),
	}}, nil
}

// age is the time since the intent, on the clock that shows more. The client's
// reconcilers have only the wall clock, which the model does not correct.
func (d *durable) age(o idem.PendingOperation) time.Duration {
	age := d.wall().Sub(o.Since)
	d.mu.Lock()
	defer d.mu.Unlock()
	if begun, ok := d.begun[o.Ref]; ok {
		age = max(age, time.Since(begun))
	}
	return age
}

func (d *durable) begins(op string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.begun[op] = time.Now()
}

func (d *durable) reread(ctx context.Context, op string) (*idem.Response, idem.State) {
	r := d.read(ctx, "/read/"+op)
	var booking gen.Booking
	if r.Err != nil || json.Unmarshal(r.Response.Body, &booking) != nil {
		return &idem.Response{Status: http.StatusOK, Body: []byte(`{"status":"cancelled"}`)}, idem.StateUnread
	}
	if booking.Status != "cancelled" {
		return nil, idem.StateDiffers
	}
	return r.Response, idem.StateHolds
}

func (d *durable) read(ctx context.Context, path string) idem.Result {
	return d.Engine.Do(ctx, idem.Call{Request: idem.Request{
		Operation: idem.Operation{Name: "read", Class: idem.Safe, Success: []int{200}},
		Method:    http.MethodGet,
		Path:      path,
	}})
}
