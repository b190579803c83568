package sendonce

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"reflect"
)

type dial = func(ctx context.Context, network, addr string) (net.Conn, error)

// trackDials tracks each connection that t makes.
func trackDials(t *http.Transport, d *distrust) {
	plain, secure := t.DialContext, t.DialTLSContext
	if plain == nil {
		plain = withoutContext(t.Dial) //nolint:staticcheck // a caller may still set the old field
	}
	if plain == nil {
		plain = (&net.Dialer{Timeout: dialTimeout}).DialContext
	}
	if secure == nil {
		secure = withoutContext(t.DialTLS) //nolint:staticcheck // as above
	}
	t.DialContext = tracking(plain, d)
	if secure != nil {
		t.DialTLSContext = tracking(onlyHTTP1(secure), d)
	}
	t.Dial, t.DialTLS = nil, nil //nolint:staticcheck // as above
}

func withoutContext(old func(network, addr string) (net.Conn, error)) dial {
	if old == nil {
		return nil
	}
	return func(_ context.Context, network, addr string) (net.Conn, error) { return old(network, addr) }
}

// dialPanicError carries a panic of a caller's dial from a goroutine of
// net/http, where it would end the process, to the call's goroutine.
type dialPanicError struct{ value any }

func (p *dialPanicError) Error() string { return fmt.Sprintf("idem: the dial panicked: %T", p.value) }

func tracking(next dial, d *distrust) dial {
	return func(ctx context.Context, network, addr string) (c net.Conn, err error) {
		defer func() {
			if v := recover(); v != nil {
				c, err = nil, &dialPanicError{value: v}
			}
		}()
		if c, err = next(ctx, network, addr); err != nil {
			return nil, err
		}
		return trackConn(c, d), nil
	}
}

// errDialerHTTP2 ends an attempt whose connection, from the caller's own
// dialer, speaks HTTP/2: net/http would write HTTP/1.1 to it and wait for the
// deadline.
var errDialerHTTP2 = errors.New("idem: the caller's dialer negotiated HTTP/2")

// onlyHTTP1 makes a dialer for TLS finish its handshake, and refuses a
// connection on which HTTP/2 was negotiated.
func onlyHTTP1(next dial) dial {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := next(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		if err = handshake(ctx, c); err == nil && negotiated(c) == "h2" {
			err = errDialerHTTP2
		}
		if err != nil {
			_ = c.Close()
			return nil, err
		}
		return c, nil
	}
}

// handshake shakes hands where a dialer has left that to the first write, since
// nothing is negotiated before.
func handshake(ctx context.Context, c net.Conn) error {
	lazy, ok := c.(interface {
		HandshakeContext(ctx context.Context) error
	})
	if !ok {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, tlsHandshake, errHandshakeTimeout)
	defer cancel()
	err := lazy.HandshakeContext(ctx)
	if err != nil && errors.Is(context.Cause(ctx), errHandshakeTimeout) {
		return errHandshakeTimeout
	}
	return err
}

// negotiated is the protocol that a layer of the connection has agreed upon;
// empty if none has.
func negotiated(c net.Conn) string {
	for c != nil {
		if protocol := protocolOf(c); protocol != "" {
			return protocol
		}
		l, ok := c.(layered)
		if !ok {
			return ""
		}
		c = l.NetConn()
	}
	return ""
}

// protocolOf returns one layer's protocol, whose state may be of another
// library's own type.
func protocolOf(c net.Conn) string {
	if t, ok := c.(interface{ ConnectionState() tls.ConnectionState }); ok {
		return t.ConnectionState().NegotiatedProtocol
	}
	method := reflect.ValueOf(c).MethodByName("ConnectionState")
	if !method.IsValid() || method.Type().NumIn() != 0 || method.Type().NumOut() != 1 {
		return ""
	}
	state := reflect.Indirect(method.Call(nil)[0])
	if state.Kind() != reflect.Struct {
		return ""
	}
	if f := state.FieldByName("NegotiatedProtocol"); f.IsValid() && f.Kind() == reflect.String {
		return f.String()
	}
	return ""
}
