package fakeserver

import (
	"maps"
	"net/http"
	"strconv"
)

// Response is a response before it is sent, so that it can be stored, lost or
// cut. It is the [http.ResponseWriter] that operations write to. It does not
// change once written.
type Response struct {
	// Code is an error's code in the vendor's words, for the ledger; "" is none.
	Code string

	status int
	header http.Header
	body   []byte

	foreign bool // from a gateway, not from the API
}

// NewResponse makes a response. An empty content type leaves the header out.
func NewResponse(status int, contentType string, body []byte) *Response {
	a := &Response{status: status, header: http.Header{}, body: body}
	if contentType != "" {
		a.header.Set("Content-Type", contentType)
	}
	return a
}

// Header returns the header, to be filled.
func (a *Response) Header() http.Header { return a.header }

// WriteHeader sets the status.
func (a *Response) WriteHeader(status int) { a.status = status }

// Write appends to the body.
func (a *Response) Write(p []byte) (int, error) {
	a.body = append(a.body, p...)
	return len(p), nil
}

// Send writes the whole response. It ignores errors: the client has gone.
func (a *Response) Send(w http.ResponseWriter) {
	if stored, ok := w.(*Response); ok {
		stored.Code = a.Code
	}
	a.sendHead(w)
	_, _ = w.Write(a.body) //nolint:gosec // JSON, XML, or a page without anybody's words
}

func (a *Response) sendHalf(w http.ResponseWriter) {
	a.sendHead(w)
	_, _ = w.Write(a.body[:len(a.body)/2]) //nolint:gosec // likewise
	_ = http.NewResponseController(w).Flush()
}

func (a *Response) sendHead(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
}

// marked returns a copy whose header was changed.
func (a *Response) marked(mark func(http.Header)) *Response {
	marked := *a
	marked.header = a.header.Clone()
	mark(marked.header)
	return &marked
}

// proxyAnswer is a response of a proxy's own.
func proxyAnswer(status int) *Response {
	title := strconv.Itoa(status) + " " + http.StatusText(status)
	page := "<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>\n"
	a := NewResponse(status, "text/html", []byte(page))
	a.foreign = true
	return a
}
