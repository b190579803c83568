package sandbox

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// Headers of the API.
const (
	requestIDHeader   = "Bardge-Request-Id"
	replayHeader      = "X-Idempotent-Replayed"
	lookupTokenHeader = "Bardge-Lookup-Token" //nolint:gosec // the header's name
)

func jsonAnswer(status int, value any) *fakeserver.Response {
	body, err := wire.Encode(value)
	if err != nil { // no type of ours fails to encode
		panic(fmt.Sprintf("sandbox: encode %T: %v", value, err))
	}
	return fakeserver.NewResponse(status, "application/json", body)
}

// errorAnswer returns an error. Its message may hold words of the request, and
// a path need not be UTF-8.
func errorAnswer(err *apiError, requestID string) *fakeserver.Response {
	a := jsonAnswer(err.status, gen.ErrorResponse{Error: gen.ErrorDetail{
		Type: err.kind, Code: err.code, Message: strings.ToValidUTF8(err.message, "\uFFFD"), RequestID: requestID,
	}})
	a.Code = string(err.code)
	return a
}

// refuse returns the response to a request that the server itself rejects.
func refuse(c *fakeserver.Call, _ *http.Request, why fakeserver.Refusal) *fakeserver.Response {
	return errorAnswer(refusal(why), c.ID)
}

// refusal returns the error for a rejection of the server's own. The error of a
// failed key store is inferred.
func refusal(why fakeserver.Refusal) *apiError {
	switch why.Reason {
	case fakeserver.ReasonBodyTooLarge:
		return invalid("body", "is too large")
	case fakeserver.ReasonNoFault:
		return invalid(FaultHeader, "names no fault")
	case fakeserver.ReasonKeyTooLong:
		return invalid(keyRules().Header, "has more than 255 characters")
	case fakeserver.ReasonKeyReused:
		return &apiError{
			http.StatusConflict, gen.ErrorTypeIdempotencyError, gen.ErrorCodeIdempotencyKeyReused,
			"This idempotency key was used with another request",
		}
	case fakeserver.ReasonUnavailable, fakeserver.ReasonKeyStoreFailed:
		return &apiError{
			http.StatusServiceUnavailable, gen.ErrorTypeAPIError, codeUnavailable, "The API is not available right now",
		}
	case fakeserver.ReasonTooMany:
		return &apiError{http.StatusTooManyRequests, gen.ErrorTypeAPIError, codeTooMany, "Too many requests"}
	default:
		return serverError(why.Status)
	}
}
