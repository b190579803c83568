package idem

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"
)

type bodyKind uint8

const (
	bodyWhole     bodyKind = iota // one whole body of the form that is asked for
	bodyNotObject                 // JSON, but of another type
	bodyUnreadable
	bodyTruncated
	bodyTooLarge
)

func (s *evidence) kind(f BodyFormat) bodyKind {
	switch {
	case s.TooLarge:
		return bodyTooLarge
	case s.BodyErr != nil:
		return bodyTruncated
	case s.value != nil:
		return bodyWhole
	}
	body := unmarked(s.Body)
	switch f {
	case BodyXML:
		return wholeIf(isDocument(body))
	case BodyText:
		return wholeIf(len(bytes.TrimSpace(body)) > 0)
	case BodyAny:
		return bodyWhole
	case BodyJSONArray:
		return jsonKind(body, '[')
	default:
		return jsonKind(body, '{')
	}
}

func wholeIf(is bool) bodyKind {
	if is {
		return bodyWhole
	}
	return bodyUnreadable
}

// jsonKind is the kind of a JSON text that should begin with this bracket.
func jsonKind(body []byte, begins byte) bodyKind {
	switch {
	case !json.Valid(body):
		return bodyUnreadable
	case bytes.TrimLeft(body, jsonSpace)[0] != begins:
		return bodyNotObject
	default:
		return bodyWhole
	}
}

func (s *evidence) signal(op *Operation, p *Profile) Signal {
	classify := p.Classify
	if op.Classify != nil {
		classify = op.Classify
	}
	if s.TooLarge || s.BodyErr != nil {
		return SignalNone
	}
	return classify(s.Status, s.Header, unmarked(s.Body))
}

// unmarked is a body without a byte order mark (R28).
func unmarked(body []byte) []byte { return bytes.TrimPrefix(body, []byte("\ufeff")) }

// noContentExpected reports whether a response is a success without a body
// where the operation declares none: 204, an empty body that carries the API's
// request id, or a response whose result is in a header.
func noContentExpected(op *Operation, p *Profile, s *evidence) bool {
	switch {
	case len(s.Body) > 0, s.BodyErr != nil, s.TooLarge:
		return false
	case op.ResultHeader != "" && s.Header.Get(op.ResultHeader) != "":
		return op.Prove == nil // else it has to prove that it is one
	default:
		return op.NoContent && (s.Status == http.StatusNoContent || hasRequestID(p, s.Header))
	}
}

func hasRequestID(p *Profile, h http.Header) bool {
	return p.RequestIDHeader != "" && h.Get(p.RequestIDHeader) != ""
}

// matchesType reports whether the response is of the form's content type. One
// that names none counts if it carries the API's request id.
func (f BodyFormat) matchesType(h http.Header, p *Profile) bool {
	ct := h.Get("Content-Type")
	switch {
	case f == BodyAny:
		return true
	case ct == "":
		return hasRequestID(p, h)
	case ct == "application/json": // most answers need no parsing of it
		return f == BodyJSON || f == BodyJSONArray
	}
	// Up to the first parameter, or the first of two: what follows may be
	// broken (R28).
	media, _, _ := strings.Cut(ct, ";")
	media, _, _ = strings.Cut(media, ",")
	media = strings.ToLower(strings.TrimSpace(media))
	switch f {
	case BodyText:
		return strings.HasPrefix(media, "text/") && media != "text/html"
	case BodyXML:
		return media == "application/xml" || media == "text/xml" || strings.HasSuffix(media, "+xml")
	default:
		return media == "application/json" || strings.HasSuffix(media, "+json")
	}
}

// isDocument reports whether body is one well-formed XML document: an element
// with nothing but comments, processing instructions and space around it.
func isDocument(body []byte) bool {
	d := NewXMLDecoder(body)
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

// NewXMLDecoder reads a document in UTF-8, ASCII, ISO-8859-1 or windows-1252,
// with or without a byte order mark. Any other encoding is an error.
func NewXMLDecoder(document []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(unmarked(document)))
	d.CharsetReader = func(encoding string, in io.Reader) (io.Reader, error) {
		d.CharsetReader = nil // a second one would double the text again, and so on
		return asUTF8(encoding, in)
	}
	return d
}

// asUTF8 turns an encoding into UTF-8. The bytes of ISO-8859-1 are runes. Those
// of windows-1252 are too, save some signs such as the euro's, and no name or
// number is made of those.
func asUTF8(encoding string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(encoding) {
	case "us-ascii", "ascii":
		return in, nil // the decoder refuses what is not UTF-8
	case "iso-8859-1", "latin1", "windows-1252":
		text, err := io.ReadAll(in)
		out := make([]byte, 0, len(text))
		for _, b := range text {
			out = utf8.AppendRune(out, rune(b))
		}
		return bytes.NewReader(out), err
	default:
		return nil, errors.New("an encoding that is not known")
	}
}
