package bluesnap

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"regexp"
	"strings"

	"github.com/bardge/bardge-go/idem"
)

// Message is one of the vendor's error messages. It prints its code and name.
type Message struct {
	Code            string // its number, such as "14002", which many names share
	Name            string // distinguishes errors, such as "DO_NOT_HONOR"
	Description     string // for people; it may repeat what was sent, so no error's text has it
	InvalidProperty string // the field that is wrong, if one is
}

// String returns code and name, and nothing else.
func (m Message) String() string { return strings.TrimSpace(codeText(m.Code) + " " + nameText(m.Name)) }

// parseMessages reads the vendor's errors, in JSON, XML or authentication's
// form. Anything else, such as plain text, holds none.
func parseMessages(body []byte) []Message {
	body = bytes.TrimLeft(body, "\ufeff \t\r\n")
	switch {
	case crowded(body):
		return nil
	case bytes.HasPrefix(body, []byte("{")):
		return jsonMessages(body)
	case bytes.HasPrefix(body, []byte("<")):
		var b struct {
			XMLName  xml.Name  `xml:"messages"`
			Messages []message `xml:"message"`
		}
		if idem.NewXMLDecoder(body).Decode(&b) == nil {
			return named(b.Messages)
		}
	}
	return nil
}

func jsonMessages(body []byte) []Message {
	var b struct {
		Messages    json.RawMessage `json:"message"`
		Name        text            `json:"errorName"`
		Code        text            `json:"errorCode"`
		Description text            `json:"errorDescription"`
	}
	if json.Unmarshal(body, &b) != nil {
		return nil
	}
	var list []message
	switch {
	case b.Code != "":
		list = []message{{Name: b.Name, Code: b.Code, Description: b.Description}}
	case json.Unmarshal(b.Messages, &list) != nil:
		return nil
	}
	return named(list)
}

// message is a [Message] in the vendor's JSON or XML, in any namespace.
type message struct {
	Name        text     `json:"errorName" xml:"error-name"`
	Code        text     `json:"code" xml:"code"`
	Description text     `json:"description" xml:"description"`
	Property    property `json:"invalidProperty" xml:"invalid-property"`
}

// named returns the messages with a name or a code.
func named(list []message) []Message {
	var all []Message
	for _, m := range list {
		one := Message{
			Code: m.Code.trimmed(), Name: m.Name.trimmed(), Description: m.Description.trimmed(),
			InvalidProperty: cmp.Or(m.Property.Name.trimmed(), m.Property.Text.trimmed()),
		}
		if one.Code != "" || one.Name != "" {
			all = append(all, one)
		}
	}
	return all
}

// text reads a JSON string, or a number as it is written. Anything else is
// empty: a field of another type must not hide the error.
type text string

// UnmarshalJSON never fails.
func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	var n json.Number
	switch {
	case json.Unmarshal(b, &s) == nil:
		*t = text(s)
	case json.Unmarshal(b, &n) == nil:
		*t = text(n)
	}
	return nil
}

func (t text) trimmed() string { return strings.TrimSpace(string(t)) }

// property is the name of a field, given as such or in an object.
type property struct {
	Text text `json:"-" xml:",chardata"`
	Name text `json:"name" xml:"name"`
}

// UnmarshalJSON never fails.
func (p *property) UnmarshalJSON(b []byte) error {
	type object property
	if json.Unmarshal(b, (*object)(p)) != nil {
		_ = json.Unmarshal(b, &p.Text) // what is no text is empty
	}
	return nil
}

// codeText returns a vendor's code, a short number (no card's), or "".
func codeText(s string) string {
	if len(s) > 9 || !digits(s) {
		return ""
	}
	return s
}

// vendorName is the form of names: capitals, underscores, up to four digits.
var vendorName = regexp.MustCompile(`^[A-Z_]*(?:\d[A-Z_]*){0,4}$`)

func nameText(s string) string {
	if len(s) > 100 || !vendorName.MatchString(s) {
		return ""
	}
	return s
}

// cardLike is a run of digits as long as a card's number, grouped or not.
var cardLike = regexp.MustCompile(`\d(?:[ -]?\d){11,}`)

func withoutCards(text string) string { return cardLike.ReplaceAllString(text, "[redacted]") }

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
