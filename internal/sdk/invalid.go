package sdk

import (
	"errors"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// FirstInvalid returns the first non-nil error as an InvalidError, or nil.
func FirstInvalid(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return invalid(err)
		}
	}
	return nil
}

func invalid(err error) error {
	if p := (*wire.ParamError)(nil); errors.As(err, &p) {
		return &idem.InvalidError{Field: p.Name, Reason: p.Reason}
	}
	if i := (*idem.InvalidError)(nil); errors.As(err, &i) {
		return i
	}
	return &idem.InvalidError{Field: "body", Reason: "cannot be encoded as JSON"}
}
