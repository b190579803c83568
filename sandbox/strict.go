package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// maxKey is the longest key that a strict sandbox accepts, in characters. The
// vendor states no limit; 255 is what other APIs with the header accept.
const maxKey = 255

// strictKeys adds the rules of a strict sandbox.
func strictKeys(rules fakeserver.KeyRules) fakeserver.KeyRules {
	rules.Check = func(key string) fakeserver.Reason {
		if utf8.RuneCountInString(key) > maxKey {
			return fakeserver.ReasonKeyTooLong
		}
		return ""
	}
	return rules
}

// strictly rejects requests that hold what the contract does not name, before
// the operation sees them.
func strictly(op gen.Operation, next http.Handler) http.Handler {
	shape := gen.RequestShapeOf(op.ID)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := conforms(r, op, shape); err != nil {
			respond(w, r, op, nil, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func conforms(r *http.Request, op gen.Operation, shape gen.RequestShape) error {
	if r.Method != op.Method { // HEAD, which net/http gives to the handler of GET
		return &methodError{[]string{op.Method}}
	}
	if err := checkQuery(r.URL.RawQuery, shape.Query); err != nil {
		return err
	}
	if keys := r.Header.Values(keyRules().Header); len(keys) > 1 || len(keys) == 1 && keys[0] == "" {
		return invalid(keyRules().Header, "must be given once, and not empty")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil { // it is in memory
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	switch {
	case shape.Body != nil:
		return checkBody(r.Header.Get("Content-Type"), body, shape.Body)
	case len(body) > 0:
		return invalid("body", "is not part of this operation")
	default:
		return nil
	}
}

func checkQuery(raw string, known []string) error {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return invalid("query", "is not well formed")
	}
	for name, given := range values {
		switch {
		case !slices.Contains(known, name):
			return invalid(strconv.Quote(name), "is no query parameter of this operation")
		case len(given) > 1:
			return invalid(name, "is given more than once")
		}
	}
	return nil
}

func checkBody(contentType string, body []byte, known []gen.BodyField) error {
	if kind, _, err := mime.ParseMediaType(contentType); err != nil || kind != "application/json" {
		return invalid("Content-Type", "must be application/json")
	}
	if !utf8.Valid(body) {
		return invalid("body", "is not UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return invalid("body", "is no JSON object")
	}
	seen := map[string]bool{}
	for decoder.More() {
		if err := checkField(decoder, known, seen); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return invalid("body", "is no JSON object")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return invalid("body", "is more than one JSON object")
	}
	return nil
}

// checkField reads one field of an object. Names are compared exactly.
func checkField(decoder *json.Decoder, known []gen.BodyField, seen map[string]bool) error {
	token, err := decoder.Token()
	name, ok := token.(string)
	if err != nil || !ok {
		return invalid("body", "is no JSON object")
	}
	at := slices.IndexFunc(known, func(f gen.BodyField) bool { return f.Name == name })
	switch {
	case at < 0:
		return invalid(strconv.Quote(name), "is no field of this operation")
	case seen[name]:
		return invalid(name, "is given more than once")
	}
	seen[name] = true
	var value json.RawMessage
	if err := decoder.Decode(&value); err != nil {
		return invalid("body", "is no JSON object")
	}
	return checkValue(known[at], string(value))
}

var wholeNumber = regexp.MustCompile(`^-?[0-9]+$`)

// checkValue compares a value with its field's type in the contract.
func checkValue(field gen.BodyField, value string) error {
	fits := map[string]func() bool{
		"string":  func() bool { return strings.HasPrefix(value, `"`) },
		"array":   func() bool { return strings.HasPrefix(value, "[") },
		"integer": func() bool { return wholeNumber.MatchString(value) },
	}[field.Type]
	switch {
	case fits != nil && !fits():
		return invalid(field.Name, "must be of type "+field.Type)
	case field.Format == "epoch-millis" && len(strings.TrimPrefix(value, "-")) < millisDigits:
		return invalid(field.Name, "must be in milliseconds since the epoch")
	default:
		return nil
	}
}

// millisDigits are the digits of a time since March 1973 in milliseconds; one
// with less was meant in seconds.
const millisDigits = 12

// methodError is the error for a path that has operations with other methods.
type methodError struct{ allowed []string }

func (*methodError) Error() string { return "no operation has this method" }

// answer returns the response. The vendor lists no 405: status and code are
// inferred.
func (e *methodError) answer(r *http.Request, requestID string) *fakeserver.Response {
	a := errorAnswer(&apiError{
		http.StatusMethodNotAllowed, gen.ErrorTypeInvalidRequestError, codeMethodNotAllowed,
		"No operation at this path answers " + r.Method,
	}, requestID)
	a.Header().Set("Allow", strings.Join(e.allowed, ", "))
	return a
}

// methodsByPath finds the methods that the contract has for a path.
type methodsByPath struct {
	mux     *http.ServeMux
	methods map[string][]string // by pattern
}

func newMethodsByPath() *methodsByPath {
	m := &methodsByPath{mux: http.NewServeMux(), methods: map[string][]string{}}
	for _, op := range gen.Operations() {
		pattern := BasePath + op.Path
		if m.methods[pattern] == nil {
			m.mux.Handle(pattern, http.NotFoundHandler())
		}
		m.methods[pattern] = append(m.methods[pattern], op.Method)
	}
	return m
}

func (m *methodsByPath) of(r *http.Request) []string {
	_, pattern := m.mux.Handler(r)
	return m.methods[pattern]
}
