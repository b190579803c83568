package fakeserver

import (
	"net/http"
	"strconv"
	"time"
)

// bendList is a server's bends, in order, all of them checked.
type bendList []Bend

// bent returns a response as the bends of its operation change it. A nil result
// means that the server was closed meanwhile. A gateway's own response stays as
// it is.
func (s *Server[Op]) bent(r *http.Request, c *Call, a *Response) *Response {
	bends := s.control.bends
	if len(bends) == 0 || a.foreign {
		return a
	}
	operation := c.line.Operation
	changed := *a
	changed.header = a.header.Clone()
	changed.body = bends.body(operation, a.status, a.body)
	for _, b := range bends {
		if !b.bends(operation) {
			continue
		}
		switch b.Kind {
		case BendEmpty:
			if a.status < http.StatusBadRequest {
				changed.body = nil
			}
		case BendStatus:
			changed.restatus(b)
		case BendLatency:
			if !s.control.wait(r.Context(), duration(b)) {
				return nil
			}
		default:
			s.bendHeader(c, &changed, b)
		}
	}
	return &changed
}

func (a *Response) restatus(b Bend) {
	if strconv.Itoa(a.status) == b.Subject {
		a.status, _ = strconv.Atoi(b.Value) // it was checked
	}
	if a.status == http.StatusNoContent {
		a.body = nil
	}
}

// bendHeader changes a header of the response, or the request's id, which is in
// the writer's header already.
func (s *Server[Op]) bendHeader(c *Call, a *Response, b Bend) {
	if b.Kind == BendDate {
		a.header["Date"] = []string{s.control.Clock.Now().Add(duration(b)).UTC().Format(http.TimeFormat)}
		return
	}
	for _, header := range []http.Header{a.header, c.writer.Header()} {
		values := header.Values(b.Subject)
		switch {
		case b.Kind == BendRemoveHeader:
			header[http.CanonicalHeaderKey(b.Subject)] = nil // net/http adds none of its own then
		case len(values) == 0:
		case b.Kind == BendRenameHeader:
			header[http.CanonicalHeaderKey(b.Subject)] = nil
			header[http.CanonicalHeaderKey(b.Value)] = values
		case b.Kind == BendSetHeader:
			header.Set(b.Subject, b.Value)
		}
	}
}

// duration is the time of a bend that was checked.
func duration(b Bend) time.Duration {
	d, _ := time.ParseDuration(b.Value)
	return d
}
