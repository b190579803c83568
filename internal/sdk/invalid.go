package sdk

import (
	"errors"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// FirstInvalid is the first error that is one, as an InvalidError; nil if none is.
func FirstInvalid(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return invalid(err)
		}
	}
	return nil
}

// invalid makes one type of why a request could not be built.
func invalid(err error) error {
	if p := (*wire.ParamError)(nil); errors.As(err, &p) {
		return &idem.InvalidError{Field: p.Name, Reason: p.Reason}
	}
	if i := (*idem.InvalidError)(nil); errors.As(err, &i) {
		return i
	}
	return &idem.InvalidError{Field: "body", Reason: "cannot be encoded as JSON"}
}
