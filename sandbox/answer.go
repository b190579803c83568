package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/wire"
)

// Headers of the API.
const (
	requestIDHeader   = "Bardge-Request-Id"
	lookupTokenHeader = "Bardge-Lookup-Token" //nolint:gosec // the header's name
	contentTypeHeader = "Content-Type"
)

// answer is an answer before it is sent, so that it can be kept, lost or cut. It is the [http.ResponseWriter] that
// operations write to. Once written it does not change.
type answer struct {
	status int
	header http.Header
	body   []byte

	foreign bool // not the API speaks, but a machine before it
}

func newAnswer(status int, contentType string, body []byte) *answer {
	return &answer{status: status, header: http.Header{contentTypeHeader: {contentType}}, body: body}
}

// Header returns the header, to be filled.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader sets the status.
func (a *answer) WriteHeader(status int) { a.status = status }

// Write appends to the body.
func (a *answer) Write(p []byte) (int, error) {
	a.body = append(a.body, p...)
	return len(p), nil
}

// marked returns a copy with one more header.
func (a *answer) marked(name, value string) *answer {
	header := a.header.Clone()
	header.Set(name, value)
	return &answer{status: a.status, header: header, body: a.body, foreign: a.foreign}
}

func jsonAnswer(status int, value any) *answer {
	body, err := wire.Encode(value)
	if err != nil { // no type of ours fails to encode
		panic(fmt.Sprintf("sandbox: encode %T: %v", value, err))
	}
	return newAnswer(status, "application/json", body)
}

func errorAnswer(err *apiError, requestID string) *answer {
	return jsonAnswer(err.status, gen.ErrorResponse{Error: gen.ErrorDetail{
		Type: err.kind, Code: err.code, Message: err.message, RequestID: requestID,
	}})
}

// proxyAnswer is what a proxy says when it speaks for itself.
func proxyAnswer(status int) *answer {
	title := strconv.Itoa(status) + " " + http.StatusText(status)
	page := "<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>\n"
	a := newAnswer(status, "text/html", []byte(page))
	a.foreign = true
	return a
}

// send writes the whole answer. An error means that the client has gone, which is nothing to the server.
func (a *answer) send(w http.ResponseWriter) {
	a.sendHead(w)
	_, _ = w.Write(a.body) //nolint:gosec // JSON, or a page without anybody's words
}

// sendHalf writes the header and half of the body that the header promises.
func (a *answer) sendHalf(w http.ResponseWriter) {
	a.sendHead(w)
	_, _ = w.Write(a.body[:len(a.body)/2]) //nolint:gosec // likewise
	_ = http.NewResponseController(w).Flush()
}

func (a *answer) sendHead(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
}
