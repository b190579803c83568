package sendonce

import (
	"errors"
	"io"
	"net/http"
)

// receive reads a response, if it belongs to the attempt.
func (a *Attempt) receive(resp *http.Response, e *Evidence) error {
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	if err := a.disown(resp); err != nil {
		return err
	}
	a.responded = true
	a.read(resp, e)
	if err := a.tooEarly(resp); err != nil {
		*e = Evidence{}
		return err
	}
	return nil
}

// disown returns an error if a response came before its request's first byte,
// and so is not this attempt's (R30). The connection is closed then.
func (a *Attempt) disown(resp *http.Response) error {
	c, use, _ := a.tracked()
	if c == nil {
		return nil
	}
	err := c.exchange.belongs(use)
	if err == nil {
		return nil
	}
	if resp.StatusCode != http.StatusRequestTimeout { // which an idle connection may get
		a.sender.Session.transports.distrust.note()
	}
	_ = resp.Body.Close()
	_ = c.Close()
	return err
}

// tooEarly returns an error if a response is a success that came before its
// request's last byte (R30). It is asked once the body is read: net/http itself
// waits there for the write to return, so that usually nothing is left to wait
// for.
func (a *Attempt) tooEarly(resp *http.Response) error {
	c, use, before := a.tracked()
	if c == nil || resp.StatusCode < 200 || resp.StatusCode > 299 || c.whollyWritten(use, before, a.size) {
		return nil
	}
	_ = c.Close()
	return errEarlyResponse
}

// read reads the response whole, up to the size limit.
func (a *Attempt) read(resp *http.Response, e *Evidence) {
	defer func() { _ = resp.Body.Close() }()
	a.mu.Lock()
	a.returned = true
	a.mu.Unlock()
	e.Status, e.Header = resp.StatusCode, resp.Header
	if e.ValidStatus() {
		limit := a.sender.Session.maxBody
		e.Body, e.BodyErr = readAll(resp, limit)
		e.TooLarge = int64(len(e.Body)) > limit
	}
}

// maxAnnounced is up to which length an announced body gets its memory at once.
const maxAnnounced = 64 << 10

// readAll reads one byte more than the limit, so that an excess shows.
func readAll(resp *http.Response, limit int64) ([]byte, error) {
	if resp.Body == http.NoBody {
		return nil, nil
	}
	n := resp.ContentLength
	if n < 0 || n > min(limit, maxAnnounced) {
		return io.ReadAll(io.LimitReader(resp.Body, limit+1))
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
