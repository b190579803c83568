package bardge

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/sdk"
	"github.com/bardge/bardge-go/internal/wire"
)

// The limits of a raw call, in bytes.
const (
	maxRawPath  = 2 << 10
	maxRawQuery = 8 << 10
	maxRawBody  = 10 << 20
)

var rawMethods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// check refuses what cannot be sent, but for the body's content, with an
// *[InvalidError].
func (r RawCall) check(paths operationPaths) error {
	if err := r.operation().check(); err != nil {
		return err
	}
	reads, sendsKey := r.Method == http.MethodGet, r.Class == Keyed || r.Class == KeyUnverified
	switch {
	case !slices.Contains(rawMethods, r.Method):
		return &InvalidError{Field: "method", Reason: "is not one of " + strings.Join(rawMethods, ", ")}
	case reads && r.Body != nil:
		return &InvalidError{Field: "body", Reason: "does not fit a GET"}
	case reads && sendsKey:
		return &InvalidError{Field: "class", Reason: "sends a key, which does not fit a GET"}
	}
	if reason := rawPathFault(r.Path); reason != "" {
		return &InvalidError{Field: "path", Reason: reason}
	}
	if reason := rawQueryFault(r.Query); reason != "" {
		return &InvalidError{Field: "query", Reason: reason}
	}
	return r.checkModelled(paths)
}

// checkModelled refuses a class that repeats freely what the contract protects
// by a key.
func (r RawCall) checkModelled(paths operationPaths) error {
	if id := paths.protected(r.Class.engine(), r.Method, r.Path); id != "" {
		return &InvalidError{Field: "class", Reason: "repeats freely what is the request of " + string(id)}
	}
	return nil
}

var modelled = gen.Operations()

// rawPathFault returns why a path cannot be sent as it is, or "".
func rawPathFault(path string) string {
	switch {
	case len(path) > maxRawPath:
		return fmt.Sprintf("is longer than %d bytes", maxRawPath)
	case !strings.HasPrefix(path, "/"):
		return "does not begin with a slash"
	}
	segments := strings.Split(path[1:], "/")
	for i, segment := range segments {
		if segment == "" && i == len(segments)-1 {
			break // a slash at the end
		}
		if reason := rawSegmentFault(segment); reason != "" {
			return reason
		}
	}
	return ""
}

func rawSegmentFault(segment string) string {
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

// rawQueryFault returns why parameters cannot be sent, or "".
func rawQueryFault(query url.Values) string {
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
	if size > maxRawQuery {
		return fmt.Sprintf("is longer than %d bytes", maxRawQuery)
	}
	return ""
}

// body returns the bytes to send on each attempt, which the caller cannot
// change.
func (r RawCall) body() ([]byte, error) {
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
	if len(given) > maxRawBody {
		return nil, &InvalidError{Field: "body", Reason: fmt.Sprintf("is larger than %d bytes", maxRawBody)}
	}
	return sdk.CheckBody(given)
}
