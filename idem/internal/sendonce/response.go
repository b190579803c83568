package sendonce

import (
	"errors"
	"io"
	"net/http"
)

// receive reads a response whole, up to the size limit, if it is the attempt's
// own (R30): not one that came before the request's first byte, nor a success
// before its last. The connection is closed then.
func (a *Attempt) receive(resp *http.Response, e *Evidence) error {
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	defer func() { _ = resp.Body.Close() }()
	s := a.sender.Session
	c, use, before := a.tracked()
	if c != nil && !c.exchange.belongs(use) {
		if resp.StatusCode != http.StatusRequestTimeout { // which an idle connection may get
			s.transports.distrust.note()
		}
		_ = c.Close()
		return errUnsolicited
	}
	a.mu.Lock()
	a.responded, a.returned = true, true
	a.mu.Unlock()
	e.Status, e.Header = resp.StatusCode, resp.Header
	if e.ValidStatus() {
		e.Body, e.BodyErr = readAll(resp, s.maxBody)
		e.TooLarge = int64(len(e.Body)) > s.maxBody
	}
	noteResponse(a.caller, resp) // its trailer has come with the body's end
	// net/http has waited for the write at the body's end, as a rule.
	if c != nil && e.Status/100 == 2 && !c.whollyWritten(use, before, a.size) {
		_ = c.Close()
		*e = Evidence{}
		return errEarlyResponse
	}
	return nil
}

// maxAnnounced is up to which length an announced body gets its memory at once.
const maxAnnounced = 64 << 10

// readAll reads one byte more than the limit, so that an excess shows. An empty
// body is nil, however its end was framed.
func readAll(resp *http.Response, limit int64) ([]byte, error) {
	if resp.Body == http.NoBody {
		return nil, nil
	}
	n := resp.ContentLength
	if n < 0 || n > min(limit, maxAnnounced) {
		body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
		if len(body) == 0 {
			return nil, err
		}
		return body, err
	}
	body := make([]byte, 0, n+1) // and one byte to find the end in
	got, err := io.ReadFull(resp.Body, body[:n+1])
	switch {
	case err == nil:
		// A transport of the caller's brings more than it announced.
		rest, err := io.ReadAll(io.LimitReader(resp.Body, limit-n))
		return append(body[:n+1], rest...), err
	case int64(got) == n && (errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)):
		return body[:n], nil
	default:
		return body[:got], err
	}
}
