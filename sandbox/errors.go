package sandbox

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// apiError is an error in the vendor's words.
type apiError struct {
	status  int
	kind    gen.ErrorType
	code    gen.ErrorCode
	message string
}

func (e *apiError) Error() string { return e.message }

// Codes that the vendor does not document.
const (
	codeInternal    gen.ErrorCode = "internal_error"
	codeUnavailable gen.ErrorCode = "service_unavailable"
	codeTooMany     gen.ErrorCode = "rate_limit_exceeded"

	codeMethodNotAllowed gen.ErrorCode = "method_not_allowed" // of strict sandboxes
)

func badKey() *apiError {
	return &apiError{
		http.StatusUnauthorized, gen.ErrorTypeAuthenticationError, gen.ErrorCodeInvalidAPIKey,
		"Invalid API key provided",
	}
}

func disabled() *apiError {
	return &apiError{
		http.StatusForbidden, gen.ErrorTypePermissionError, gen.ErrorCodeAccountDisabled,
		"Reseller account is not enabled",
	}
}

func denied(message string) *apiError {
	return &apiError{
		http.StatusForbidden, gen.ErrorTypePermissionError, gen.ErrorCodePermissionDenied, message,
	}
}

// invalid names the wrong field in the message; the vendor's error object has
// no other place for it.
func invalid(field, reason string) *apiError {
	return &apiError{
		http.StatusBadRequest, gen.ErrorTypeInvalidRequestError, gen.ErrorCodeValidationError, field + " " + reason,
	}
}

func notFound(what, id string) *apiError {
	return &apiError{
		http.StatusNotFound, gen.ErrorTypeInvalidRequestError, gen.ErrorCodeResourceNotFound,
		fmt.Sprintf("No %s exists with id %s.", what, id),
	}
}

func passNotFound(id string) *apiError {
	err := notFound("pass", id)
	err.code = gen.ErrorCodePassNotFound
	return err
}

func conflict(code gen.ErrorCode, message string) *apiError {
	return &apiError{http.StatusConflict, gen.ErrorTypeResourceConflictError, code, message}
}

func serverError(status int) *apiError {
	return &apiError{status, gen.ErrorTypeAPIError, codeInternal, "Something went wrong on our side"}
}

// clientError returns the response to an error of an operation or the router.
func clientError(err error, r *http.Request) *apiError {
	var shown *apiError
	var param *wire.ParamError
	var decode *wire.DecodeError
	var violation *fakeserver.ViolationError
	switch {
	case errors.As(err, &violation):
		return invalid(violation.Name, violation.Reason)
	case errors.As(err, &shown):
		return shown
	case errors.As(err, &param):
		return invalid(param.Name, param.Reason)
	case errors.As(err, &decode) && decode.Field != "":
		return invalid(decode.Field, "is not right: "+decode.Reason)
	case errors.As(err, &decode):
		return invalid("body", "is not right: "+decode.Reason)
	case errors.Is(err, gen.ErrUnknownRoute):
		shown = notFound("operation", r.Method+" "+r.URL.Path)
		shown.message = "No operation answers " + r.Method + " " + r.URL.Path + "."
		return shown
	default:
		return serverError(http.StatusInternalServerError)
	}
}

type field struct{ name, value string }

func required(fields ...field) error {
	for _, f := range fields {
		if f.value == "" {
			return invalid(f.name, "is required")
		}
	}
	return nil
}
