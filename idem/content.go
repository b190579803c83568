package idem

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
)

// content is what the body of an answer turned out to be.
type content uint8

const (
	contentWhole     content = iota // one whole JSON object or XML document
	contentNotObject                // JSON, but null, an array or a scalar
	contentUnreadable
	contentCut
	contentTooLarge
)

// content looks at the body of a success.
func (s *sighting) content(f Form) content {
	switch {
	case s.tooLarge:
		return contentTooLarge
	case s.bodyErr != nil:
		return contentCut
	case s.value != nil:
		return contentWhole
	default:
		return f.look(s.body)
	}
}

// signal asks the vendor's classifier about a body that was read whole.
func (s *sighting) signal(op *Operation, p *Profile) Signal {
	switch {
	case s.tooLarge, s.bodyErr != nil:
		return SignalNone
	case op.Classify != nil:
		return op.Classify(s.status, s.body)
	default:
		return p.Classify(s.status, s.body)
	}
}

// look says what a whole body is.
func (f Form) look(body []byte) content {
	switch {
	case f == FormXML && isDocument(body):
		return contentWhole
	case f == FormXML, !json.Valid(body):
		return contentUnreadable
	case !isObject(body):
		return contentNotObject
	default:
		return contentWhole
	}
}

// empty reports an answer that was read whole and has no body.
func (s *sighting) empty() bool { return len(s.body) == 0 && s.bodyErr == nil && !s.tooLarge }

// emptyByDesign reports a success without a body where the operation declares
// none: 204, an empty body that carries the API's request id, or one whose
// answer stands in a header.
func emptyByDesign(op *Operation, p *Profile, s *sighting) bool {
	switch {
	case !s.empty():
		return false
	case op.AnswerHeader != "" && s.header.Get(op.AnswerHeader) != "":
		return true
	default:
		return op.NoAnswer && (s.status == http.StatusNoContent || hasRequestID(p, s.header))
	}
}

// headerLost reports that something was created, and that the header which
// names it is missing: nobody else says 201 with nothing.
func headerLost(op *Operation, s *sighting) bool {
	return op.AnswerHeader != "" && s.status == http.StatusCreated && s.empty()
}

func hasRequestID(p *Profile, h http.Header) bool {
	return p.RequestIDHeader != "" && first(h, p.RequestIDHeader) != ""
}

// typed reports whether the answer is of the form's content type. An answer that
// names none counts if it carries the API's request id.
func (f Form) typed(h http.Header, p *Profile) bool {
	ct := first(h, "Content-Type")
	switch ct {
	case "":
		return hasRequestID(p, h)
	case "application/json": // most answers need no parsing of it
		return f == FormJSON
	}
	media, _, err := mime.ParseMediaType(ct)
	switch {
	case err != nil:
		return false
	case f == FormXML:
		return media == "application/xml" || media == "text/xml" || strings.HasSuffix(media, "+xml")
	default:
		return media == "application/json" || strings.HasSuffix(media, "+json")
	}
}

// isObject tells an object from other valid JSON.
func isObject(body []byte) bool {
	b := bytes.TrimLeft(body, " \t\r\n")
	return len(b) > 0 && b[0] == '{'
}

// isDocument reports whether body is one well-formed XML document: an element
// with nothing but comments, processing instructions and space around it.
func isDocument(body []byte) bool {
	d := xml.NewDecoder(bytes.NewReader(body))
	depth, roots := 0, 0
	for {
		token, err := d.Token()
		if err != nil {
			return errors.Is(err, io.EOF) && roots == 1
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			if depth == 0 && len(bytes.TrimSpace(t)) > 0 {
				return false
			}
		}
	}
}

// replayed reports whether an answer carries the vendor's replay mark.
func replayed(p *Profile, h http.Header) bool {
	return p.ReplayHeader != "" && strings.EqualFold(strings.TrimSpace(first(h, p.ReplayHeader)), p.ReplayValue)
}
