package sendonce

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"reflect"
)

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
		if err := handshake(ctx, c); err != nil {
			_ = c.Close()
			return nil, err
		}
		if negotiated(c) == "h2" {
			_ = c.Close()
			return nil, errDialerHTTP2
		}
		return c, nil
	}
}

// handshake shakes hands where a dialer has left that to the first write, since
// nothing is negotiated before.
func handshake(ctx context.Context, c net.Conn) error {
	if lazy, ok := c.(interface {
		HandshakeContext(ctx context.Context) error
	}); ok {
		ctx, cancel := context.WithTimeoutCause(ctx, tlsHandshake, errHandshakeTimeout)
		defer cancel()
		err := lazy.HandshakeContext(ctx)
		if err != nil && errors.Is(context.Cause(ctx), errHandshakeTimeout) {
			return errHandshakeTimeout
		}
		return err
	}
	return nil
}

// negotiated is the protocol that a layer of the connection has agreed upon;
// empty if none says so.
func negotiated(c net.Conn) string {
	for c != nil {
		if protocol := protocolOf(c); protocol != "" {
			return protocol
		}
		layer, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			return ""
		}
		c = layer.NetConn()
	}
	return ""
}

// protocolOf asks one layer. The state may be of another library's own type.
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
