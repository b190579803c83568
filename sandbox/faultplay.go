package sandbox

import (
	"crypto/tls"
	"math"
	"net"
	"net/http"
	"strconv"

	"github.com/bardge/bardge-go/gen"
)

// atGateway returns the answer of a machine before the API, which then never sees the request.
func (c *call) atGateway() *answer {
	switch c.fault.name {
	case unreadable:
		return c.refuse(invalid(FaultHeader, "names no fault"))
	case serverErrorBefore:
		return c.refuse(serverError(c.fault.status))
	case unavailable:
		return c.refuseFor(&apiError{
			http.StatusServiceUnavailable, gen.ErrorTypeAPIError, codeUnavailable, "The API is not available right now",
		})
	case tooMany:
		return c.refuseFor(&apiError{
			http.StatusTooManyRequests, gen.ErrorTypeAPIError, codeTooMany, "Too many requests",
		})
	case proxyPage:
		c.result = ResultRefused
		return proxyAnswer(c.fault.status)
	default:
		return nil
	}
}

// refuseFor refuses with a Retry-After.
func (c *call) refuseFor(err *apiError) *answer {
	a := c.refuse(err)
	if wait := c.fault.time; wait > 0 {
		a.header.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	return a
}

// onTheWay does to a ready answer what the fault asks for. Without an answer the connection is to be closed.
func (s *Sandbox) onTheWay(r *http.Request, c *call, a *answer) *answer {
	switch c.fault.name {
	case string(LoseAnswer):
		return nil
	case proxyPageAfter:
		return proxyAnswer(c.fault.status)
	case delayAfter:
		if !s.wait(r.Context(), c.fault.time) {
			return nil
		}
	}
	return a
}

// hangUp ends the handler and, by net/http's rule for this panic, the connection or stream.
func hangUp() { panic(http.ErrAbortHandler) }

// reset ends the handler, and the connection by a reset. Where the connection cannot be had, as in HTTP/2, the stream
// is aborted.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		if lingerer, ok := transportOf(conn).(interface{ SetLinger(sec int) error }); ok {
			_ = lingerer.SetLinger(0) // without it the connection ends the gentler way
		}
		_ = conn.Close()
	}
	hangUp()
}

// transportOf returns the connection under TLS, if there is any.
func transportOf(conn net.Conn) net.Conn {
	if secured, ok := conn.(*tls.Conn); ok {
		return secured.NetConn()
	}
	return conn
}
