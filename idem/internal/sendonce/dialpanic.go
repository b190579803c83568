package sendonce

import (
	"context"
	"errors"
	"fmt"
	"net"
)

// hookPanicError carries a panic of a caller's dial from a goroutine of
// net/http, where it would end the process, to that of the call.
type hookPanicError struct{ value any }

func (p *hookPanicError) Error() string { return fmt.Sprintf("idem: the dial panicked: %T", p.value) }

// carryPanics makes an error of a dial's panic.
func carryPanics(d dial) dial {
	return func(ctx context.Context, network, addr string) (c net.Conn, err error) {
		defer func() {
			if v := recover(); v != nil {
				c, err = nil, &hookPanicError{value: v}
			}
		}()
		return d(ctx, network, addr)
	}
}

// passOn raises a dial's panic again, for the call to settle its state (R39).
func passOn(err error) {
	if p := (*hookPanicError)(nil); errors.As(err, &p) {
		panic(p.value)
	}
}
