package chaos

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

var errCallback = errors.New("chaos: the callback failed")

// panicText is what a callback panics with, which distinguishes it from other
// panics.
const panicText = "chaos: the callback panics"

// Callback is one invocation of a function that the client's user provides: a
// key provider, a journal, a transport. It fails, blocks, or panics as is
// planned for the n-th one of this name in the operation of ctx. It panics only
// in an operation: elsewhere, as in the renewal of a lease, no call is there to
// receive the panic.
func (s *Simulation) Callback(ctx context.Context, name string) error {
	op, _ := ctx.Value(opKey{}).(string)
	kind := s.plan.callback(name, op, s.Ledger.invoked(name, op))
	if kind != "" {
		s.Ledger.note(op, sideClient, name+": "+string(kind))
	}
	switch kind {
	case CallbackFails:
		return errCallback
	case CallbackBlocks:
		return sleep(ctx, 16*time.Second)
	case CallbackHangs:
		time.Sleep(16 * time.Second)
	case CallbackPanics:
		if op != "" {
			panic(panicText)
		}
	}
	return nil
}

// Observed is one invocation of an observer, which is given no context and
// returns no error.
func (s *Simulation) Observed() {
	_ = s.Callback(context.WithValue(context.Background(), opKey{}, machines), "observer")
}

// callAndRecover performs an operation by a client. A call that ends by the
// panic of a callback counts as unknown.
func (s *Simulation) callAndRecover(ctx context.Context, client Client, op Op) (claim Claim) {
	defer func() {
		switch p := recover(); {
		case p == nil:
		case strings.Contains(fmt.Sprint(p), panicText):
			s.Ledger.panicked(op.ID)
			claim = Unknown
		default:
			panic(p)
		}
	}()
	return client(s.withHooks(ctx, op.ID), op)
}
