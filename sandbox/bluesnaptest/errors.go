package bluesnaptest

import (
	"net/http"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// apiError is an error with the vendor's code and name. Descriptions are this
// package's.
type apiError struct {
	status      int
	code, name  string
	description string
	property    string // invalidProperty; "" is left out
}

func (e *apiError) Error() string { return e.name }

func bad(code, name, description string) *apiError {
	return &apiError{http.StatusBadRequest, code, name, description, ""}
}

// invalid names the property that is wrong.
func invalid(property, reason string) *apiError {
	err := bad("10001", "VALIDATION_GENERAL_FAILURE", property+" "+reason)
	err.property = property
	return err
}

// hidden is the error for resources that do not exist or belong to another
// merchant: both are 403 (documented; code and name are inferred).
func hidden() *apiError {
	return &apiError{http.StatusForbidden, "24012", "USER_NOT_AUTHORIZED", "Not yours, or not there", ""}
}

func shopperNotFound() *apiError {
	return bad("15008", "SHOPPER_NOT_FOUND", "No such shopper")
}

func severalFound() *apiError {
	return bad("20002", "MULTIPLE_TRANSACTIONS_FOUND", "More than one transaction has this id")
}

// processing is an error of the processor: one code with many names.
func processing(name string) *apiError {
	return bad("14002", name, "The processor refused or failed")
}

// answer returns the error in JSON or XML.
func (e *apiError) answer(r *http.Request) *fakeserver.Response {
	a := e.inFormat(wantsXML(r))
	a.Code = e.code
	return a
}

func (e *apiError) inFormat(xml bool) *fakeserver.Response {
	if xml {
		return xmlAnswer(e.status, messages(e))
	}
	message := object{"errorName": e.name, "code": e.code, "description": e.description}
	if e.property != "" {
		message["invalidProperty"] = object{"name": e.property}
	}
	return jsonAnswer(e.status, object{"message": []object{message}})
}

func messages(e *apiError) element {
	message := element{name: "message", inner: []element{
		leaf("error-name", e.name), leaf("code", e.code), leaf("description", e.description),
	}}
	if e.property != "" {
		property := element{name: "invalid-property", inner: []element{leaf("name", e.property)}}
		message.inner = append(message.inner, property)
	}
	return element{name: "messages", inner: []element{message}}
}

// refuse returns the response to a request that the server itself rejects. Rate
// limits answer in plain text, as the vendor's gateways do (secondary). The
// statuses of 60103, 60104 and 60106 are inferred.
func refuse(_ *fakeserver.Call, r *http.Request, why fakeserver.Refusal) *fakeserver.Response {
	switch why.Reason {
	case fakeserver.ReasonTooMany:
		return textAnswer(http.StatusTooManyRequests, "Too many requests of this client")
	case fakeserver.ReasonUnavailable:
		return textAnswer(http.StatusServiceUnavailable, "The service is not available for a while")
	default:
		return refusal(why).answer(r)
	}
}

func refusal(why fakeserver.Refusal) *apiError {
	switch why.Reason {
	case fakeserver.ReasonBodyTooLarge:
		return invalid("body", "is too large")
	case fakeserver.ReasonNoFault:
		return invalid(fakeserver.FaultHeader, "names no fault")
	case fakeserver.ReasonKeyReused:
		return &apiError{
			http.StatusUnprocessableEntity, "60101",
			"SAME_IDEMPOTENCY_KEY_WAS_ALREADY_IN_USE_WITH_PREVIOUS_DIFFERENT_REQUEST", "The key has another request",
			"",
		}
	case fakeserver.ReasonKeyInProgress:
		return &apiError{
			http.StatusConflict, "60102", "REQUEST_WITH_SAME_IDEMPOTENCY_KEY_ALREADY_IN_PROGRESS",
			"The first request with the key is running", "",
		}
	case fakeserver.ReasonKeyTooLong:
		return bad("60103", "IDEMPOTENCY_KEY_MAX_LENGTH_LIMIT_EXCEEDED", "The key has more than 64 characters")
	case fakeserver.ReasonKeyMalformed:
		return bad("60104", "INVALID_IDEMPOTENCY_KEY", "The key holds more than letters, digits and hyphens")
	case fakeserver.ReasonKeyStoreFailed:
		return &apiError{
			http.StatusServiceUnavailable, "60106", "IDEMPOTENCY_SERVICE_TIMEOUT", "The keys cannot be read now", "",
		}
	default:
		return &apiError{why.Status, "10000", "SERVER_GENERAL_FAILURE", "Something went wrong on our side", ""}
	}
}
