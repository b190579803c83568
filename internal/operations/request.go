package operations

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/internal/wire"
)

// The limits of a raw call, in bytes.
const (
	maxPath  = 2 << 10
	maxQuery = 8 << 10
	maxBody  = 10 << 20
)

var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// IsMethod reports whether a raw call may have this method.
func IsMethod(name string) bool { return slices.Contains(methods, name) }

// Request is the request of a raw call.
type Request struct {
	Method string
	Path   string
	Query  url.Values
	Body   any // as the caller gave it
}

// Check refuses what cannot be sent as a raw operation's request, but for the
// body's content.
func (r *Request) Check(op Raw, paths Paths) error {
	reads, sendsKey := r.Method == http.MethodGet, op.Class == idem.Keyed || op.Class == idem.KeyUnverified
	field, reason := "", ""
	switch {
	case !IsMethod(r.Method):
		field, reason = "method", "is not one of "+strings.Join(methods, ", ")
	case reads && r.Body != nil:
		field, reason = "body", "does not fit a GET"
	case reads && sendsKey:
		field, reason = "class", "sends a key, which does not fit a GET"
	case pathFault(r.Path) != "":
		field, reason = "path", pathFault(r.Path)
	case queryFault(r.Query) != "":
		field, reason = "query", queryFault(r.Query)
	default: // the class must not repeat freely what the contract protects by a key
		if id := paths.Protected(op.Class, r.Method, r.Path); id != "" {
			field, reason = "class", "repeats freely what is the request of "+string(id)
		}
	}
	if field == "" {
		return nil
	}
	return &idem.InvalidError{Field: field, Reason: reason}
}

// pathFault returns why a path cannot be sent as it is, or "".
func pathFault(path string) string {
	switch {
	case len(path) > maxPath:
		return fmt.Sprintf("is longer than %d bytes", maxPath)
	case !strings.HasPrefix(path, "/"):
		return "does not begin with a slash"
	}
	segments := strings.Split(path[1:], "/")
	for i, segment := range segments {
		if segment == "" && i == len(segments)-1 {
			break // a slash at the end
		}
		if reason := segmentFault(segment); reason != "" {
			return reason
		}
	}
	return ""
}

func segmentFault(segment string) string {
	value, err := url.PathUnescape(segment)
	switch {
	case segment == "":
		return "has an empty segment"
	case err != nil || strings.ContainsFunc(segment, notInPath):
		return "has a character that must be escaped"
	case value == "." || value == "..":
		return "has a dot segment"
	case strings.ContainsAny(value, `/\`):
		return "has an escaped slash or backslash"
	case strings.ContainsFunc(value, unicode.IsControl):
		return "has a control character"
	case !utf8.ValidString(value):
		return "is not UTF-8"
	}
	return ""
}

// notInPath reports whether a character is not one of a path's (RFC 3986, 3.3).
func notInPath(r rune) bool {
	return r >= utf8.RuneSelf || !isFieldName(string(r)) && !strings.ContainsRune(".~!$&'()*+,;=:@%", r)
}

// queryFault returns why parameters cannot be sent, or "".
func queryFault(query url.Values) string {
	bad := func(text string) bool {
		return !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl)
	}
	size := 0
	for name, values := range query {
		switch {
		case name == "":
			return "has a parameter without a name"
		case bad(name) || slices.ContainsFunc(values, bad):
			return "has a control character or is not UTF-8"
		case sdk.OverridesMethod(name):
			return "has a parameter that may replace the method of the request"
		}
		for _, value := range values {
			size += len(url.QueryEscape(name)) + len(url.QueryEscape(value)) + 2
		}
	}
	if size > maxQuery {
		return fmt.Sprintf("is longer than %d bytes", maxQuery)
	}
	return ""
}

// Bytes returns the body to send on each attempt, which the caller cannot
// change.
func (r *Request) Bytes() ([]byte, error) {
	var given []byte
	switch body := r.Body.(type) {
	case nil:
		return nil, nil
	case json.RawMessage:
		given = body
	case []byte:
		given = body
	default:
		encoded, err := wire.Encode(body)
		if err != nil {
			return nil, err
		}
		given = encoded
	}
	if len(given) > maxBody {
		return nil, &idem.InvalidError{Field: "body", Reason: fmt.Sprintf("is larger than %d bytes", maxBody)}
	}
	return sdk.CheckBody(given)
}
