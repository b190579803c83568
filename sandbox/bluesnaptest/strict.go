package bluesnaptest

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// strictly rejects requests that hold what the vendor's pages do not name,
// before the operation sees them.
func strictly(one route, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if method, _, _ := strings.Cut(one.pattern, " "); r.Method != method { // HEAD
			fakeserver.CallOf(r).Rejected()
			wrongMethod([]string{method}).Send(w)
			return
		}
		if err := conforms(r, one); err != nil {
			fakeserver.CallOf(r).Rejected()
			clientError(err).answer(r).Send(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func conforms(r *http.Request, one route) error {
	known := slices.Collect(maps.Keys(queries[one.op]))
	if err := fakeserver.CheckQuery(r, known); err != nil {
		return err
	}
	if err := checkQuery(one.op, r.URL.Query()); err != nil {
		return err
	}
	if fakeserver.CheckKeyHeader(r, keyHeader) != nil {
		return refusal(fakeserver.Refusal{Reason: fakeserver.ReasonKeyMalformed})
	}
	body, err := fakeserver.PeekBody(r)
	switch {
	case err != nil: // it is in memory
		return err
	case r.Method == http.MethodGet || r.Method == http.MethodDelete || one.op == CreatePaymentFieldsToken:
		if len(body) > 0 {
			return invalid("body", "is not part of this operation")
		}
		return nil
	case sends(r, "xml"):
		return fakeserver.CheckContentType(r, "application/xml")
	default:
		return checkJSON(r, one.op, body)
	}
}

func checkJSON(r *http.Request, op Operation, body []byte) error {
	refund := op == RefundTransaction || op == RefundByReference
	if len(body) == 0 && refund {
		return nil
	}
	if fakeserver.CheckContentType(r, "application/json") != nil {
		return wrongContent()
	}
	return fakeserver.CheckBody(body, bodies[op])
}

// wrongMethod is the response for a path that has operations with other methods
// (inferred).
func wrongMethod(allowed []string) *fakeserver.Response {
	a := textAnswer(http.StatusMethodNotAllowed, "The endpoint does not take this method")
	a.Header().Set("Allow", strings.Join(allowed, ", "))
	return a
}
