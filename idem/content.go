package idem

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/http"
	"strings"
)

// content is what the body of an answer turned out to be.
type content uint8

const (
	contentObject    content = iota // one whole JSON object
	contentNotObject                // JSON, but null, an array or a scalar
	contentNotJSON
	contentCut
	contentTooLarge
)

// read looks at the body once, and asks the vendor's classifier about an object.
func (s sighting) read(p Profile) (content, Signal) {
	switch {
	case s.tooLarge:
		return contentTooLarge, SignalNone
	case s.bodyErr != nil:
		return contentCut, SignalNone
	case s.value != nil:
		return contentObject, p.Classify(s.status, s.body)
	case !json.Valid(s.body):
		return contentNotJSON, SignalNone
	case !isObject(s.body):
		return contentNotObject, SignalNone
	default:
		return contentObject, p.Classify(s.status, s.body)
	}
}

// emptyByDesign reports a success without a body where the operation declares
// none: 204, or an empty body that carries the API's request id.
func emptyByDesign(op Operation, p Profile, s sighting) bool {
	if !op.NoAnswer || len(s.body) > 0 || s.bodyErr != nil || s.tooLarge {
		return false
	}
	return s.status == http.StatusNoContent || hasRequestID(p, s.header)
}

func hasRequestID(p Profile, h http.Header) bool {
	return p.RequestIDHeader != "" && h.Get(p.RequestIDHeader) != ""
}

// jsonType reports whether the answer is of the API's content type. An answer
// that names none counts if it carries the API's request id.
func jsonType(h http.Header, p Profile) bool {
	ct := h.Get("Content-Type")
	if ct == "" {
		return hasRequestID(p, h)
	}
	if ct == "application/json" {
		return true
	}
	media, _, err := mime.ParseMediaType(ct)
	return err == nil && (media == "application/json" || strings.HasSuffix(media, "+json"))
}

// isObject tells an object from other valid JSON.
func isObject(body []byte) bool {
	b := bytes.TrimLeft(body, " \t\r\n")
	return len(b) > 0 && b[0] == '{'
}

// replayed reports whether an answer carries the vendor's replay mark.
func replayed(p Profile, h http.Header) bool {
	return p.ReplayHeader != "" && strings.EqualFold(strings.TrimSpace(h.Get(p.ReplayHeader)), p.ReplayValue)
}
