package main

import (
	"fmt"
	"net/http"

	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

type emulated struct {
	handler  http.Handler
	describe func(origin string) string // prints what a user needs to begin
	ledger   func() string
	close    func()
}

// emulate makes the server of the chosen vendor.
func (s *settings) emulate() (*emulated, error) {
	switch s.vendor {
	case "bardge":
		sb, err := sandbox.New(s.options()...)
		if err != nil {
			return nil, err
		}
		return around[sandbox.Operation](sb, sandbox.ParseOperation, s.faults, func(origin string) string {
			return describeBardge(sb, origin)
		})
	case "bluesnap":
		sb, err := bluesnaptest.New(s.options()...)
		if err != nil {
			return nil, err
		}
		return around[bluesnaptest.Operation](sb, bluesnaptest.ParseOperation, s.faults, func(origin string) string {
			return describeBlueSnap(sb, origin)
		})
	default:
		return nil, fmt.Errorf("-vendor must be bardge or bluesnap, not %q", s.vendor)
	}
}

type server[Op ~string] interface {
	Next(op Op, faults ...fakeserver.Fault)
	Ledger() fakeserver.Ledger[Op]
	Handler() http.Handler
	Close()
}

// around queues the faults of the command line, and closes the server if one of
// them has no operation.
func around[Op ~string](
	emulator server[Op], parse func(name string) (Op, error), faults []scripted,
	describe func(origin string) string,
) (*emulated, error) {
	for _, f := range faults {
		operation, err := parse(f.operation)
		if err != nil {
			emulator.Close()
			return nil, err
		}
		emulator.Next(operation, f.fault)
	}
	ledger := func() string { return emulator.Ledger().String() }
	return &emulated{handler: emulator.Handler(), describe: describe, ledger: ledger, close: emulator.Close}, nil
}
