package bluesnap

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"regexp"
	"strings"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// Message is one of the vendor's error messages. It prints by allow-list,
// without what is for people.
type Message struct {
	// Code is its number, such as "14002", which many names share.
	Code string
	// Name distinguishes errors, such as "DO_NOT_HONOR".
	Name string
	// Description is for people. It may repeat what was sent, and so is part of
	// no error's text.
	Description string
	// InvalidProperty names the field that is wrong, where one is.
	InvalidProperty string
}

// String returns code and name, and nothing else.
func (m Message) String() string { return strings.TrimSpace(codeText(m.Code) + " " + nameText(m.Name)) }

// Format prints String under every verb.
func (m Message) Format(f fmt.State, _ rune) { sdk.Print(f, m.String()) }

// MarshalText writes String, so that loggers which encode as JSON print by the
// same allow-list.
func (m Message) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// LogValue logs what String returns.
func (m Message) LogValue() slog.Value { return slog.StringValue(m.String()) }

// parseMessages reads the shapes in which the vendor tells of errors (JSON
// messages, those of the authentication, XML messages). What is none of them,
// such as plain text, holds no messages.
func parseMessages(body []byte) []Message {
	body = bytes.TrimLeft(body, "\ufeff \t\r\n")
	switch {
	case crowded(body):
		return nil
	case bytes.HasPrefix(body, []byte("{")):
		return jsonMessages(body)
	case bytes.HasPrefix(body, []byte("<")):
		return xmlMessages(body)
	default:
		return nil
	}
}

// jsonMessages reads {"message":[...]} and the authentication's shape.
func jsonMessages(body []byte) []Message {
	var b struct {
		Message         json.RawMessage `json:"message"`
		Name            text            `json:"errorName"`
		AuthCode        text            `json:"errorCode"`
		AuthDescription text            `json:"errorDescription"`
	}
	if json.Unmarshal(body, &b) != nil {
		return nil
	}
	if b.AuthCode != "" {
		return []Message{{Code: string(b.AuthCode), Name: string(b.Name), Description: string(b.AuthDescription)}}
	}
	var list []jsonMessage
	if len(b.Message) == 0 || json.Unmarshal(b.Message, &list) != nil {
		return nil
	}
	var all []Message
	for _, m := range list {
		all = add(all, Message{
			Code: string(m.Code), Name: string(m.Name), Description: string(m.Description),
			InvalidProperty: property(m.InvalidProperty),
		})
	}
	return all
}

type jsonMessage struct {
	Name            text            `json:"errorName"`
	Code            text            `json:"code"`
	Description     text            `json:"description"`
	InvalidProperty json.RawMessage `json:"invalidProperty"`
}

// text reads a JSON string, or a number as it is written; anything else is
// empty: what is odd about an error must not hide it.
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

// property reads the name of a field, given as such or in an object.
func property(raw json.RawMessage) string {
	var named struct {
		Name text `json:"name"`
	}
	var bare text
	if json.Unmarshal(raw, &named) == nil {
		return string(named.Name)
	}
	_ = json.Unmarshal(raw, &bare) // what is no text, or not there, is empty
	return string(bare)
}

// xmlMessages reads <messages><message>...</message></messages>, in whatever
// namespace.
func xmlMessages(body []byte) []Message {
	var b struct {
		XMLName  xml.Name `xml:"messages"`
		Messages []struct {
			Name        string `xml:"error-name"`
			Code        string `xml:"code"`
			Description string `xml:"description"`
			Property    struct {
				Text string `xml:",chardata"`
				Name string `xml:"name"`
			} `xml:"invalid-property"`
		} `xml:"message"`
	}
	if idem.NewXMLDecoder(body).Decode(&b) != nil {
		return nil
	}
	var all []Message
	for _, m := range b.Messages {
		field := strings.TrimSpace(m.Property.Name)
		if field == "" {
			field = strings.TrimSpace(m.Property.Text)
		}
		all = add(all, Message{
			Code: strings.TrimSpace(m.Code), Name: strings.TrimSpace(m.Name),
			Description: strings.TrimSpace(m.Description), InvalidProperty: field,
		})
	}
	return all
}

// add keeps a message that says which error it is.
func add(all []Message, m Message) []Message {
	if m.Code == "" && m.Name == "" {
		return all
	}
	return append(all, m)
}

// codeText lets through what looks like one of the vendor's codes: a short
// number, and so no card's.
func codeText(s string) string {
	if len(s) > 9 || !digits(s) {
		return ""
	}
	return s
}

// nameText lets through what looks like one of the vendor's names: capitals and
// underscores, with no more digits than a name may have.
func nameText(s string) string {
	if len(s) > 100 {
		return ""
	}
	numbers := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '_', c >= 'A' && c <= 'Z':
		case c >= '0' && c <= '9':
			numbers++
		default:
			return ""
		}
	}
	if numbers > 4 {
		return ""
	}
	return s
}

// cardLike is a run of digits as long as a card's number, grouped or not.
var cardLike = regexp.MustCompile(`\d(?:[ -]?\d){11,}`)

// withoutCards hides what may be a card's number.
func withoutCards(text string) string { return cardLike.ReplaceAllString(text, "[redacted]") }

// digits reports whether s is a number of one digit or more.
func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
