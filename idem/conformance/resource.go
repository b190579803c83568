package conformance

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// JSONMember returns a Target.ResourceID that reads a text or number in a JSON
// body. The path has the names of members, and places in arrays from 0 on,
// separated by dots: "id", "data.0.order.id".
func JSONMember(path string) func(int, http.Header, []byte) string {
	names := strings.Split(strings.TrimPrefix(path, "."), ".")
	return func(_ int, _ http.Header, body []byte) string {
		value := json.RawMessage(body)
		for _, name := range names {
			value = member(value, name)
		}
		return scalar(value)
	}
}

// Header returns a Target.ResourceID that reads a header, such as Location.
func Header(name string) func(int, http.Header, []byte) string {
	return func(_ int, h http.Header, _ []byte) string { return h.Get(name) }
}

// member returns a member of an object, or an array's item; nil if there is
// none.
func member(value json.RawMessage, name string) json.RawMessage {
	var object map[string]json.RawMessage
	if json.Unmarshal(value, &object) == nil {
		return object[name]
	}
	var array []json.RawMessage
	at, err := strconv.Atoi(name)
	if err != nil || json.Unmarshal(value, &array) != nil || at < 0 || at >= len(array) {
		return nil
	}
	return array[at]
}

func scalar(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	var number json.Number
	if json.Unmarshal(value, &number) == nil {
		return number.String()
	}
	return ""
}
