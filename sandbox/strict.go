package sandbox

import (
	"errors"
	"net/http"
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
	if err := fakeserver.CheckQuery(r, shape.Query); err != nil {
		return err
	}
	if err := fakeserver.CheckKeyHeader(r, keyRules().Header); err != nil {
		return err
	}
	body, err := fakeserver.PeekBody(r)
	switch {
	case err != nil: // it is in memory
		return err
	case shape.Body != nil:
		return checkBody(r, body, shape.Body)
	case len(body) > 0:
		return invalid("body", "is not part of this operation")
	default:
		return nil
	}
}

func checkBody(r *http.Request, body []byte, fields []gen.BodyField) error {
	if err := fakeserver.CheckContentType(r, "application/json"); err != nil {
		return err
	}
	return fakeserver.CheckBody(body, shapeOf(fields))
}

// shapeOf returns the shape of a body with fields of the contract.
func shapeOf(fields []gen.BodyField) fakeserver.Shape {
	whole := fakeserver.Shape{Fields: map[string]fakeserver.Shape{}}
	for _, f := range fields {
		shape := fakeserver.Shape{Types: []string{f.Type}}
		if f.Items != "" {
			shape.Items = &fakeserver.Shape{Types: []string{f.Items}}
		}
		if f.Format == "epoch-millis" {
			shape.Check = checkMillis
		}
		whole.Fields[f.Name] = shape
	}
	return whole
}

func checkMillis(digits string) string {
	if len(strings.TrimPrefix(digits, "-")) < millisDigits {
		return "must be in milliseconds since the epoch"
	}
	return ""
}

// millisDigits are the digits of a time since March 1973 in milliseconds; one
// with less was meant in seconds.
const millisDigits = 12

// strictRespond returns what writes the results of a strict sandbox: a path
// without the request's method gets 405.
func strictRespond(bends []Bend, preview bool) func(http.ResponseWriter, *http.Request, gen.Operation, any, error) {
	known := pathMethods(bends, preview)
	return func(rw http.ResponseWriter, r *http.Request, op gen.Operation, value any, err error) {
		if errors.Is(err, gen.ErrUnknownRoute) {
			if allowed := known.Of(r); allowed != nil {
				err = &methodError{allowed}
			}
		}
		respond(rw, r, op, value, err)
	}
}

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

func pathMethods(bends []Bend, preview bool) *fakeserver.PathMethods {
	known := fakeserver.NewPathMethods()
	for _, id := range operations(preview) {
		op := id.Operation()
		known.Add(op.Method, BasePath+fakeserver.BentPath(bends, string(id), op.Path))
	}
	return known
}
