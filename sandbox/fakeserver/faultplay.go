package fakeserver

import (
	"crypto/tls"
	"math"
	"net"
	"net/http"
	"strconv"
)

// atGateway returns the response of a gateway, without calling the API.
func (s *Server[Op]) atGateway(c *Call, r *http.Request) *Response {
	switch c.fault.name {
	case unreadable:
		return s.refuse(c, r, Refusal{Reason: ReasonNoFault})
	case serverErrorBefore:
		return s.refuse(c, r, Refusal{Reason: ReasonServerError, Status: c.fault.status})
	case unavailable:
		return s.refuseFor(c, r, ReasonUnavailable)
	case tooMany:
		return s.refuseFor(c, r, ReasonTooMany)
	case proxyPage:
		c.Rejected()
		return proxyAnswer(c.fault.status)
	default:
		return nil
	}
}

func (s *Server[Op]) refuseFor(c *Call, r *http.Request, why Reason) *Response {
	a := s.refuse(c, r, Refusal{Reason: why})
	if wait := c.fault.time; wait > 0 {
		a.header.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	return a
}

// onTheWay applies the fault to a response. A nil result means that the
// connection is to be closed.
func (s *Server[Op]) onTheWay(r *http.Request, c *Call, a *Response) *Response {
	switch c.fault.name {
	case string(LoseResponse):
		return nil
	case proxyPageAfter:
		return proxyAnswer(c.fault.status)
	case delayAfter:
		if !s.control.wait(r.Context(), c.fault.time) {
			return nil
		}
	}
	return a
}

func hangUp() { panic(http.ErrAbortHandler) }

// reset ends the handler and resets the connection. Where the connection is not
// accessible, as in HTTP/2, it aborts the stream.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		if lingerer, ok := transportOf(conn).(interface{ SetLinger(sec int) error }); ok {
			_ = lingerer.SetLinger(0) // otherwise the connection ends with FIN
		}
		_ = conn.Close()
	}
	hangUp()
}

func transportOf(conn net.Conn) net.Conn {
	if secured, ok := conn.(*tls.Conn); ok {
		return secured.NetConn()
	}
	return conn
}
